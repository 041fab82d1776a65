CREATE TYPE invoice_state AS ENUM ('draft', 'sent', 'paid', 'void');

CREATE TABLE invoices (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number      text NOT NULL UNIQUE,
    state       invoice_state NOT NULL DEFAULT 'draft',
    plan        text NOT NULL REFERENCES plans,
    total_cents integer NOT NULL CHECK (total_cents >= 0),
    issued_on   date,
    due_on      date
);
CREATE INDEX invoices_unpaid ON invoices (due_on) WHERE state = 'sent';

ALTER TABLE subscription ADD COLUMN last_invoice bigint REFERENCES invoices;
