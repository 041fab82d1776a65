-- The two roles of the workers, for registry.user and servers.<name>.user: on each PostgreSQL server those that are used
-- there. All workers of a group use the same ones, since a role may end its own sessions only, and a worker ends those of
-- a dead one.
CREATE ROLE tenantry LOGIN;
CREATE ROLE app LOGIN;
