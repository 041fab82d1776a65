package io.tenantry.worker.engine.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;

/** The scripts and Java classes that migrations are made of. */
public record Sources(Scripts scripts, List<JavaMigration> java) {
    private static final String ALLOWANCES_SUFFIX = ".allow.sql";

    public Sources {
        java = List.copyOf(java);
    }

    /** Scripts alone. */
    static Sources of(Scripts scripts) {
        return new Sources(scripts, List.of());
    }

    /** The same without these: names of files, or of classes. */
    public Sources without(Set<String> names) {
        return new Sources(
                scripts.without(names),
                java.stream()
                        .filter(migration ->
                                !names.contains(migration.getClass().getName()))
                        .toList());
    }

    /** The same with the repeatable scripts of another catalog in place of these. */
    Sources withRepeatables(Set<String> own, Sources others, Set<String> theirs) {
        return new Sources(
                scripts.without(withConfigurations(own)).with(others.scripts, withConfigurations(theirs)), java);
    }

    private static Set<String> withConfigurations(Set<String> names) {
        Set<String> all = new HashSet<>(names);
        names.forEach(name -> all.add(name + ScriptName.CONFIGURATION_SUFFIX));
        return all;
    }

    /** The same without those in Java. */
    public Sources withoutJava() {
        return of(scripts);
    }

    /** The text whose comments acknowledge hazards of a migration: the script itself, or the file beside a class; else empty. */
    public String acknowledging(String script) {
        Optional<JavaMigration> migration = java(script);
        if (migration.isEmpty()) {
            return scripts.text(script);
        }
        try (@Nullable InputStream file = migration
                        .get()
                        .getClass()
                        .getResourceAsStream(allowanceFile(script).orElseThrow())) {
            return file == null ? "" : new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The name of the file beside the class of a migration in Java that acknowledges its hazards; empty for scripts. */
    public Optional<String> allowanceFile(String script) {
        return java(script)
                .map(migration -> migration.getClass().getName())
                .map(name -> name.substring(name.lastIndexOf('.') + 1) + ALLOWANCES_SUFFIX);
    }

    private Optional<JavaMigration> java(String script) {
        return java.stream()
                .filter(migration -> migration.getClass().getName().equals(script))
                .findFirst();
    }

    /** Finds classes on the class path by their names. */
    static List<JavaMigration> load(List<String> classNames) {
        return classNames.stream().map(Sources::load).toList();
    }

    private static JavaMigration load(String className) {
        try {
            return Class.forName(className)
                    .asSubclass(JavaMigration.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException unusable) {
            throw new MigrationsRefusedException(
                    "there is no migration " + className + " on the class path (" + unusable + ")", unusable);
        }
    }
}
