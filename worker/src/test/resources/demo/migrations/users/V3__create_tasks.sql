CREATE TYPE task_state AS ENUM ('open', 'in_progress', 'done');

CREATE TABLE tasks (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project     bigint NOT NULL REFERENCES projects ON DELETE CASCADE,
    title       text NOT NULL CHECK (title <> ''),
    state       task_state NOT NULL DEFAULT 'open',
    assignee    bigint REFERENCES members ON DELETE SET NULL,
    due_on      date,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tasks_project_state ON tasks (project, state);
CREATE INDEX tasks_assignee ON tasks (assignee) WHERE state <> 'done';

CREATE TABLE task_comments (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task        bigint NOT NULL REFERENCES tasks ON DELETE CASCADE,
    author      bigint REFERENCES members ON DELETE SET NULL,
    body        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX task_comments_task ON task_comments (task, created_at);
