package io.tenantry.worker.scenario;

import io.tenantry.worker.config.Isolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of migrations that a test fills. */
public final class Migrations {
    private final Path folder;
    private Isolation isolation = Isolation.SCHEMA;

    Migrations(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Adds or replaces a file. */
    public Migrations with(String name, String sql) {
        try {
            Files.writeString(folder.resolve(name), sql);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return this;
    }

    /** Two small ones, of which the first makes a table {@code account} and the second one {@code invoice}. */
    public Migrations withTwoTables() {
        return with("V1__account.sql", "CREATE TABLE account (id int PRIMARY KEY, name text NOT NULL);")
                .with(
                        "V2__invoice.sql",
                        "CREATE TABLE invoice (id int PRIMARY KEY, account int REFERENCES account, cents bigint);\n"
                                + "CREATE INDEX ON invoice (account);");
    }

    /** Where the tenants of the database live; in schemas unless this says otherwise. */
    public Migrations isolation(Isolation chosen) {
        isolation = chosen;
        return this;
    }

    Isolation isolation() {
        return isolation;
    }

    Path folder() {
        return folder;
    }
}
