CREATE TABLE roles (
    role        text PRIMARY KEY,
    can_invite  boolean NOT NULL DEFAULT false,
    can_bill    boolean NOT NULL DEFAULT false
);

CREATE TABLE members (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email       text NOT NULL,
    full_name   text NOT NULL,
    role        text NOT NULL REFERENCES roles,
    invited_by  bigint REFERENCES members,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX members_email ON members (lower(email));
CREATE INDEX members_role ON members (role);
