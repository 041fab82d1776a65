package io.tenantry.worker.engine.hazard;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a script can do to tables and other objects in use, or to some tenants, with the name that squawk has for it, or one like it.
 *
 * @see <a href="https://squawkhq.com/docs/rules">squawk's rules</a>
 */
public enum HazardKind {
    REQUIRE_CONCURRENT_INDEX_CREATION(
            "use CREATE INDEX CONCURRENTLY, in a script of its own (for a partitioned table ON ONLY first, CONCURRENTLY on"
                    + " each partition, then ALTER INDEX … ATTACH PARTITION)"),
    REQUIRE_CONCURRENT_INDEX_DELETION("use DROP INDEX CONCURRENTLY, in a script of its own"),
    REQUIRE_CONCURRENT_REINDEX(
            "use REINDEX … CONCURRENTLY, in a script of its own, with executeInTransaction=false in the file"
                    + " beside it (V7__name.sql.conf)"),
    CHANGING_COLUMN_TYPE("add a column of the new type, write both, fill it in batches, and drop the old one in a later"
            + " release; text and a longer varchar need no rewrite, and if a CHECK makes PostgreSQL read all rows, drop it"
            + " first and add it again with NOT VALID"),
    ADDING_NOT_NULLABLE_FIELD(
            "add CHECK (column IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in a later script, then SET NOT"
                    + " NULL, which finds the valid check and reads no row, and drop the check"),
    ADDING_REQUIRED_FIELD(
            "add the column without NOT NULL, or with a constant default, and leave the default until no program of the last"
                    + " release runs"),
    CONSTRAINT_MISSING_NOT_VALID(
            "add it with NOT VALID, and VALIDATE CONSTRAINT in a later script: the same script still"
                    + " holds the lock"),
    ADDING_FOREIGN_KEY_CONSTRAINT(
            "add it with NOT VALID, and VALIDATE CONSTRAINT in a later script: the same script still"
                    + " holds the locks"),
    DISALLOWED_UNIQUE_CONSTRAINT(
            "make a unique index CONCURRENTLY in a script of its own, then ADD CONSTRAINT … USING INDEX"
                    + " (for a primary key, the columns NOT NULL before)"),
    ADDING_EXCLUSION_CONSTRAINT("there is no way that lets writers work: use a new table, or a quiet hour"),
    ADDING_FIELD_WITH_DEFAULT(
            "add the column without a default, set the default for new rows, and fill old rows in batches;"
                    + " constants and now() need no rewrite"),
    BAN_ALTER_DOMAIN_WITH_ADD_CONSTRAINT(
            "leave the domain as it is, and put a CHECK with NOT VALID on each column that has it, with VALIDATE"
                    + " CONSTRAINT in a later script: a constraint of the domain locks all tables that use it"),
    TABLE_REWRITE("do it in a quiet hour, or make a new table and change over"),
    REQUIRE_CONCURRENT_REFRESH(
            "use REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index of the view on plain columns"),
    TRUNCATING_TABLE("delete the rows in batches, or do it in a quiet hour"),
    RENAMING_COLUMN("add a column of the new name, write both, and drop the old one in a later release"),
    RENAMING_TABLE(
            "make a view of the old name in the same script, and drop it in a later release, when no program uses it"),
    BAN_DROP_COLUMN("drop it in a release after the one whose programs have stopped using it"),
    BAN_DROP_TABLE("drop it in a release after the one whose programs have stopped using it"),
    RENAMING_VIEW("make a view of the new name, and drop the old one in a later release"),
    BAN_DROP_VIEW("drop it in a release after the one whose programs have stopped using it"),
    RENAMING_FUNCTION("make a function of the new name, and drop the old one in a later release"),
    BAN_DROP_FUNCTION(
            "leave it, and drop it in a release after the one whose programs have stopped using it; further arguments with"
                    + " defaults do no harm if nothing else changes"),
    RENAMING_SEQUENCE("leave its name: a sequence cannot have two"),
    BAN_DROP_SEQUENCE("drop it in a release after the one whose programs have stopped using it"),
    RENAMING_TYPE("leave its name: a type cannot have two"),
    BAN_DROP_TYPE("drop it in a release after the one whose programs have stopped using it"),
    RENAMING_ENUM_VALUE("add a value of the new name, read both, and change the rows in a later release"),
    BAN_DROP_ENUM_VALUE("leave the value until no program of the last release writes it"),
    RENAMING_OBJECT("make one of the new name, and drop the old one in a later release"),
    BAN_DROP_OBJECT("drop it in a release after the one whose programs have stopped using it"),
    RENAMING_CONSTRAINT("leave its name: programs may name it in ON CONFLICT ON CONSTRAINT"),
    BAN_DROP_CONSTRAINT("drop it in a release after the one whose programs have stopped using it"),
    BAN_DROP_UNIQUE_INDEX("make the index that takes its place first, on the same columns"),
    INCOMPLETE_REMAKE(
            "make them again in the same script, or use CREATE OR REPLACE or ALTER, which keep them; DROP takes them away"
                    + " without a word"),
    REVOKING_RIGHTS(
            "grant them again in the same script if the object was made again; else take them away in a release after the one"
                    + " whose programs have stopped needing them"),
    BAN_DROP_POLICY("make the policy that takes its place in the same script, or drop it in a later release"),
    READ_ONLY_VIEW(
            "make a view that PostgreSQL can write through (one table, its columns, no DISTINCT, GROUP BY or LIMIT), or one with"
                    + " INSTEAD OF triggers"),
    BACKFILL_UNDER_LOCK("change the rows in a script of its own, in batches"),
    ATTACHING_PARTITION(
            "give the table a valid CHECK that says the same as the bounds, then attach it: no row is read then; a"
                    + " default partition that has rows needs one that excludes the bounds"),
    ROW_SECURITY_WITHOUT_POLICY(
            "make the policies in the same script, before programs meet a table without one; owners and superusers do"
                    + " not notice it"),
    UNQUOTED_SCHEMA("write \"${schema}\" for a name and '${tenant}' for a text");

    private final String saferWay;

    HazardKind(String saferWay) {
        this.saferWay = saferWay;
    }

    /** As findings and comments write it: {@code adding-foreign-key-constraint}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What to do instead, as the second half of a sentence. */
    public String saferWay() {
        return saferWay;
    }

    /** The kind of this id; empty if there is none. */
    public static Optional<HazardKind> of(String id) {
        return Arrays.stream(values()).filter(kind -> kind.id().equals(id)).findFirst();
    }
}
