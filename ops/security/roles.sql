-- The two roles of the workers: on each PostgreSQL server those that are used there. All workers of a group use the same
-- ones, since a role may end its own sessions only, and a worker ends those of a dead one.
CREATE ROLE tenantry_registry LOGIN;
CREATE ROLE tenantry_worker LOGIN;
