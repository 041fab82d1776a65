md5(concat_ws('|',
    -- Not relhastriggers, which the first foreign key that refers to a table sets, nor statistics.
    ROW(c.relname, c.relnamespace, c.relowner, c.relfilenode, c.reltablespace, c.relpersistence, c.relnatts, c.relchecks,
        c.relhasrules, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, c.relacl, c.reloptions,
        c.relpartbound)::text,
    (SELECT string_agg(a::text, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid),
    (SELECT string_agg(d::text, ',' ORDER BY d.oid) FROM pg_attrdef d WHERE d.adrelid = c.oid),
    (SELECT string_agg(h.inhrelid::text, ',' ORDER BY h.inhrelid) FROM pg_inherits h WHERE h.inhparent = c.oid),
    (SELECT string_agg(i::text, ',' ORDER BY i.indexrelid) FROM pg_index i WHERE c.oid IN (i.indexrelid, i.indrelid))))
