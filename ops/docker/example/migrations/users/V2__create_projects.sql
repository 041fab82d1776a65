CREATE TABLE project (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner bigint NOT NULL REFERENCES member,
    name  text NOT NULL
);
CREATE INDEX project_owner ON project (owner);
