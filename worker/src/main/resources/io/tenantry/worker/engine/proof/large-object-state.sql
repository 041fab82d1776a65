CASE WHEN o.class = 'pg_largeobject'::regclass THEN (SELECT md5(m::text) FROM pg_largeobject_metadata m WHERE m.oid = o.id) END
