INSERT INTO roles (role, can_invite, can_bill) VALUES
    ('owner', true, true),
    ('admin', true, false),
    ('member', false, false),
    ('guest', false, false);

ALTER TABLE members ALTER COLUMN role SET DEFAULT 'member';
