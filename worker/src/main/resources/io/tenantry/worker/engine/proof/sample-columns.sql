-- The columns of a schema's tables that can take a sample row, as rows of (table, column, type, base, category, length, needed,
-- given, reference, shared, schema, checks, calls). The parameters: the name of the history table, twice whether
-- all schemas of the database are the home's, the schema, and the second one.
--
-- "calls" says that a trigger of the table runs a function from outside the schema, which is not PostgreSQL's own: its effects are
-- unknown, so the table takes no row.
SELECT c.relname,
       a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       pg_catalog.format_type(b.oid, NULL) AS base,
       b.typcategory AS category,
       CASE WHEN b.oid IN ('varchar'::regtype, 'bpchar'::regtype)
           THEN nullif(greatest(CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END - 4, 0), 0) END AS length,
       a.attnotnull OR t.typnotnull AS needed,
       -- A rollback does not give back the number of a sequence, so the sample row has a number of its own.
       d.oid IS NOT NULL AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) !~ 'nextval' AS given,
       f.reference,
       f.shared,
       n.nspname,
       (SELECT pg_catalog.array_agg(k.condition)
        FROM (SELECT pg_catalog.pg_get_expr(o.conbin, o.conrelid) AS condition
              FROM pg_constraint o
              WHERE o.conrelid = c.oid AND o.contype = 'c' AND o.conkey = ARRAY[a.attnum]
              UNION ALL
              SELECT pg_catalog.replace(pg_catalog.pg_get_expr(o.conbin, 0), 'VALUE', pg_catalog.quote_ident(a.attname))
              FROM pg_constraint o
              WHERE o.contypid = t.oid AND o.contype = 'c') k) AS checks,
       g.calls IS NOT NULL AS calls
FROM pg_namespace n
JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ?
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN LATERAL (
    -- In the order of the key's index: the other table may be large.
    SELECT format('SELECT r.%I FROM %I.%I r ORDER BY %s', ra.attname, rn.nspname, rc.relname,
               (SELECT string_agg(format('r.%I', ia.attname), ', ' ORDER BY i.place)
                FROM unnest(x.indkey) WITH ORDINALITY i(number, place)
                JOIN pg_attribute ia ON ia.attrelid = rc.oid AND ia.attnum = i.number
                WHERE i.place <= x.indnkeyatts)) AS reference,
           rn.oid <> n.oid AND NOT ? AS shared
    FROM pg_constraint k
    JOIN pg_class rc ON rc.oid = k.confrelid
    JOIN pg_namespace rn ON rn.oid = rc.relnamespace
    JOIN pg_index x ON x.indexrelid = k.conindid
    JOIN pg_attribute ra ON ra.attrelid = rc.oid AND ra.attnum = k.confkey[array_position(k.conkey, a.attnum)]
    WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey) AND rc.oid <> c.oid
    LIMIT 1) f ON true
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN LATERAL (
    SELECT true AS calls
    FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE NOT ? AND g.tgrelid = c.oid AND NOT g.tgisinternal
      AND p.pronamespace <> n.oid AND p.pronamespace <> 'pg_catalog'::regnamespace
    LIMIT 1) g ON true
WHERE (n.nspname = ? OR (? AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
ORDER BY c.oid, a.attnum
