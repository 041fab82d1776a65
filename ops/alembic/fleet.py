#!/usr/bin/python3
"""Makes a fleet of tenants by Alembic itself, a schema each, all in this one process.

    fleet.py postgresql://app@localhost/app --tenants 100
    fleet.py postgresql://app@localhost/app --tenants 100 --behind 5 --at 1f2ac0e94b71

The role of the URL owns what is made, so give the role that the workers have.
"""

import argparse
import pathlib

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--tenants", type=int, default=100, help="how many")
    parser.add_argument("--name", default="t", help="what their names begin with, before a number")
    parser.add_argument("--prefix", default="tenant_", help="what the names of their schemas begin with")
    parser.add_argument("--behind", type=int, default=0, help="how many, the last ones, are not at the head")
    parser.add_argument("--at", default="base", help="the revision that those are at")
    options = parser.parse_args()
    schemas = ["%s%s%d" % (options.prefix, options.name, number + 1) for number in range(options.tenants)]
    with create_engine(options.url).begin() as connection:
        for schema in schemas:
            connection.execute(text('CREATE SCHEMA IF NOT EXISTS "%s"' % schema))
    for number, schema in enumerate(schemas):
        config = Config(str(pathlib.Path(__file__).with_name("alembic.ini")))
        config.set_main_option("sqlalchemy.url", options.url.replace("%", "%%"))
        config.cmd_opts = argparse.Namespace(x=["tenant=" + schema])
        command.upgrade(config, "head" if number < options.tenants - options.behind else options.at)
    print("%d schemas, %d of them at %s" % (options.tenants, options.behind, options.at))


if __name__ == "__main__":
    main()
