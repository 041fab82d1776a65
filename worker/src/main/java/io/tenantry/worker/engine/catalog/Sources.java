package io.tenantry.worker.engine.catalog;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.flywaydb.core.api.migration.JavaMigration;

/** The scripts and Java classes that migrations are made of. */
public record Sources(Scripts scripts, List<JavaMigration> java) {
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
