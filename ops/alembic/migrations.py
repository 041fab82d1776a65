#!/usr/bin/python3
"""Writes each revision of Alembic as a migration, and the options of `tenantry adopt` that tie the two together.

    migrations.py --config alembic.ini --out migrations/users

V1 is the first revision, V2 the next one, and so on. What a revision does by Python code on rows is not in them: read the
scripts. Revisions that branch and merge have no order of their own, and are refused.
"""

import argparse
import io
import pathlib
import re
import sys

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory


def sql_of(revision) -> str:
    text = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        # The style of psycopg2 would double each percent sign.
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": text, "literal_binds": True},
    )
    with Operations.context(context):
        revision.module.upgrade()
    # Alembic writes a line for each empty statement, and spaces at the ends of lines.
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="alembic.ini")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    options = parser.parse_args()
    revisions = list(ScriptDirectory.from_config(Config(options.config)).walk_revisions())[::-1]
    branched = [one.revision for one in revisions if one.is_merge_point or one.is_branch_point]
    if branched:
        sys.exit("these revisions branch or merge, so they have no order: " + ", ".join(branched))
    options.out.mkdir(parents=True, exist_ok=True)
    for version, revision in enumerate(revisions, start=1):
        name = re.sub(r"[^a-z0-9]+", "_", (revision.doc or "revision").lower()).strip("_")
        script = options.out / ("V%d__%s.sql" % (version, name))
        script.write_text(sql_of(revision), encoding="utf-8")
        if re.search(r"^COMMIT;$", script.read_text(encoding="utf-8"), re.MULTILINE):
            print(
                "%s: revision %s leaves its transaction (autocommit_block): take COMMIT and BEGIN out, and put what is between"
                " them, as CREATE INDEX CONCURRENTLY, into a script of its own" % (script, revision.revision),
                file=sys.stderr,
            )
        print("--map %s=%d" % (revision.revision, version))


if __name__ == "__main__":
    main()
