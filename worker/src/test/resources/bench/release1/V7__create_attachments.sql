CREATE TABLE attachments (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_id  bigint NOT NULL REFERENCES labels ON DELETE CASCADE,
    name        text NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_name ON attachments (lower(name));
CREATE INDEX attachments_label ON attachments (label_id);
