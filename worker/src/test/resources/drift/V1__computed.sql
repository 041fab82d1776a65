CREATE TABLE account (id int NOT NULL);
DO $$ BEGIN
    EXECUTE format('CREATE SEQUENCE %I', replace('${tenant}', 't', 'u') || '_seq');
    EXECUTE format('ALTER TABLE account ADD computed text DEFAULT %L', upper('${tenant}'));
    EXECUTE format('CREATE TABLE %I (id serial PRIMARY KEY)', 'p_' || substr(md5('${tenant}'), 1, 6));
END $$;
CREATE TABLE "${tenant}_is_the_beginning_of_a_name_that_postgresql_cuts_off_at_63" (id int CHECK (id > 0));
CREATE INDEX ON account (id);
