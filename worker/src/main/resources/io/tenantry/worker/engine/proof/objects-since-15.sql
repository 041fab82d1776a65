UNION ALL SELECT format('schema %I of publication %I', n.nspname, p.pubname), 'pg_publication_namespace'::regclass::oid, m.oid, m.pnnspid, m.xmin
    FROM pg_publication_namespace m JOIN pg_publication p ON p.oid = m.pnpubid JOIN pg_namespace n ON n.oid = m.pnnspid
UNION ALL SELECT 'right to set parameter ' || parname, 'pg_parameter_acl'::regclass::oid, oid, 0, xmin FROM pg_parameter_acl
