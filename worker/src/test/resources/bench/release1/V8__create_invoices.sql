CREATE TABLE invoices (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    attachment_id  bigint NOT NULL REFERENCES attachments ON DELETE CASCADE,
    name        text NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invoices_name ON invoices (lower(name));
CREATE INDEX invoices_attachment ON invoices (attachment_id);
