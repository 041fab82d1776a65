CREATE TABLE projects (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL CHECK (name <> ''),
    owner       bigint NOT NULL REFERENCES members,
    archived_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX projects_name ON projects (lower(name)) WHERE archived_at IS NULL;
CREATE INDEX projects_owner ON projects (owner);

CREATE TABLE project_members (
    project     bigint NOT NULL REFERENCES projects ON DELETE CASCADE,
    member      bigint NOT NULL REFERENCES members ON DELETE CASCADE,
    since       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project, member)
);
CREATE INDEX project_members_member ON project_members (member);
