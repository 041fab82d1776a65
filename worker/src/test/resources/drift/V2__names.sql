ALTER TABLE customer ADD COLUMN name text;
CREATE VIEW known_customer AS SELECT id, email FROM customer WHERE status IN ('known');
CREATE DOMAIN code AS varchar(4) CHECK (VALUE IN ('a', 'b'));
ALTER TABLE customer ADD COLUMN is_known boolean GENERATED ALWAYS AS (status IN ('known', 'regular')) STORED;
ALTER TABLE customer ADD COLUMN code code;
CREATE POLICY customer_known ON customer FOR UPDATE USING (status IN ('known', 'regular'));
CREATE TRIGGER note_customer BEFORE INSERT ON customer FOR EACH ROW WHEN (NEW.status IN ('lost', 'old'))
    EXECUTE FUNCTION touch();
CREATE RULE keep_customer AS ON DELETE TO customer WHERE OLD.status IN ('known', 'regular') DO INSTEAD NOTHING;
CREATE MATERIALIZED VIEW regular AS SELECT id FROM customer WHERE status IN ('known', 'regular');
