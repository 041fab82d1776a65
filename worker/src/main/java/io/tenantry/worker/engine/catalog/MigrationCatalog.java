package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.postgres.home.TenantHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** The migrations of one named database, as Flyway resolves them. Immutable; a process loads it once. */
public final class MigrationCatalog {
    /**
     * One migration; description and script are cut as in the history.
     *
     * @param version null if repeatable
     * @param type as in the history: SQL, JDBC, SQL_BASELINE
     * @param script its file's path below the location
     * @param checksum null if Flyway computes none
     */
    public record Migration(
            @Nullable MigrationVersion version,
            String description,
            String type,
            String script,
            @Nullable Integer checksum) {
        public boolean isBaseline() {
            return type.endsWith("_BASELINE");
        }

        /** How results call it. */
        public String name() {
            return version == null ? description : String.valueOf(version);
        }
    }

    /** What a tenant's own database, or its time, goes into. */
    private static final Pattern PLACE = Pattern.compile(
            "\\$\\{(tenant|flyway:(database|timestamp))}|\\bcurrent_(database|catalog)\\b", Pattern.CASE_INSENSITIVE);

    private final String database;
    private final Sources sources;
    private final List<Migration> migrations;
    private final Plans plans;
    private final Map<String, String> unreadable;
    private final VersionFingerprints versionFingerprints;
    private final boolean outOfOrder;
    private final boolean dependsOnHome;
    private final boolean scriptsRequireNewSession;

    private MigrationCatalog(
            String database,
            Sources sources,
            List<Migration> migrations,
            Map<String, String> unreadable,
            Plans plans,
            boolean outOfOrder) {
        this.database = database;
        this.sources = sources;
        this.migrations = List.copyOf(migrations);
        this.unreadable = Map.copyOf(unreadable);
        this.plans = plans;
        this.outOfOrder = outOfOrder;
        this.versionFingerprints = VersionFingerprints.of(this.migrations, sources.scripts());
        this.scriptsRequireNewSession = !sources.java().isEmpty()
                || sources.scripts().texts().stream().anyMatch(ScriptCheck::requiresNewSession);
        this.dependsOnHome = migrations.stream()
                .anyMatch(migration -> migration.version() == null
                        && sources.scripts().text(migration.script()).contains("${"));
    }

    /**
     * A catalog of which nothing is proven.
     *
     * @param unreadable why Flyway cannot read a script, by its name
     */
    static MigrationCatalog of(
            String database, Sources sources, List<Migration> migrations, Map<String, String> unreadable) {
        return new MigrationCatalog(database, sources, migrations, unreadable, Plans.NONE, false);
    }

    public MigrationCatalog with(Plans proven) {
        return new MigrationCatalog(database, sources, migrations, unreadable, proven, outOfOrder);
    }

    /** The same for homes on which a version below their highest one is applied, or not. */
    public MigrationCatalog outOfOrder(boolean applied) {
        return new MigrationCatalog(database, sources, migrations, unreadable, plans, applied);
    }

    /** The named database of the configuration. */
    public String database() {
        return database;
    }

    /** The repeatable scripts, by their names in the history. */
    public List<Migration> repeatables() {
        return migrations.stream()
                .filter(migration -> migration.version() == null)
                .toList();
    }

    /** What migrations are made of, with the repeatable scripts of another catalog in place of these. */
    public Sources withRepeatablesOf(MigrationCatalog other) {
        return sources.withRepeatables(names(repeatables()), other.sources, names(other.repeatables()));
    }

    private static Set<String> names(List<Migration> migrations) {
        return migrations.stream().map(Migration::script).collect(Collectors.toSet());
    }

    /** The highest version; empty if all migrations are repeatable. */
    public Optional<String> head() {
        return migrations.stream()
                .map(Migration::version)
                .filter(version -> version != null)
                .max(MigrationVersion::compareTo)
                .map(MigrationVersion::getVersion);
    }

    /** Whether there is a migration of this version, however it is written ("1.0" is "1"). */
    public boolean has(String version) {
        MigrationVersion wanted = MigrationVersion.fromVersion(version);
        return migrations.stream().anyMatch(migration -> wanted.equals(migration.version()));
    }

    /**
     * Why no worker starts with them and these settings: sentences that begin with the key of a setting of the database.
     *
     * @param folder that they were read from
     * @param allow scripts that may reach outside the schema
     */
    public List<String> faults(Path folder, Set<String> allow) {
        List<String> faults = new ArrayList<>();
        if (migrations.isEmpty()) {
            faults.add("migrations: " + folder.toAbsolutePath()
                    + " holds no migration; they are named like V1__what_it_does.sql");
        }
        Set<String> known = names(migrations);
        List<String> unknown = allow.stream()
                .filter(script -> !known.contains(script))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            faults.add("allow = " + String.join(", ", unknown) + ": no migration of " + folder.toAbsolutePath()
                    + " has this name; give names as they stand in the column script of flyway_schema_history, folders"
                    + " included");
        }
        return faults;
    }

    /**
     * Tests whether the migrations may make a table of a name: a script has it. A migration in Java may make any table. Reads
     * the scripts once, whatever the number of names.
     */
    public Predicate<String> mayMake() {
        return sources.java().isEmpty() ? new NamesInScripts(scripts().texts()) : table -> true;
    }

    /** How many migrations there are. */
    public int size() {
        return migrations.size();
    }

    /**
     * Whether they make the same of every tenant's own database, so that one can be a copy of another. They do not if
     * a script asks where it is; of classes nobody knows.
     */
    public boolean isSameForAll() {
        return sources.java().isEmpty()
                && scripts().texts().stream()
                        .noneMatch(text -> PLACE.matcher(text).find());
    }

    /**
     * Whether the session must be closed after work on this home, because it cannot be reset: a script, or a function of the
     * scripts or of the database, may set a custom setting. Migrations in Java may do so too.
     */
    public boolean requiresNewSession(TenantHome home) {
        return scriptsRequireNewSession || plans.customSettings().isIn(home);
    }

    /** The same for the scripts alone, without functions of the database. */
    boolean scriptsRequireNewSession() {
        return scriptsRequireNewSession;
    }

    /** What homes have had applied when they were brought to a version; whether it is out of order does not matter. */
    public VersionFingerprints versionFingerprints() {
        return versionFingerprints;
    }

    /** Of versions, checksums and all scripts, callbacks among them: another one, another fingerprint. */
    public String fingerprint() {
        return migrations + scripts().digest();
    }

    /** SQL scripts that Flyway runs around the migrations, by their names. */
    public List<String> callbacks() {
        Set<String> known = migrations.stream().map(Migration::script).collect(Collectors.toSet());
        return scripts().names().stream()
                .filter(name -> !known.contains(name) && !ScriptName.hasSuffix(name, ScriptName.CONFIGURATION_SUFFIX))
                .toList();
    }

    public Scripts scripts() {
        return sources.scripts();
    }

    public Sources sources() {
        return sources;
    }

    /** Versioned ones by version, then repeatable ones, as Flyway runs them. */
    public List<Migration> migrations() {
        return migrations;
    }

    /** The same with the checksums that they have for this home: those of repeatable ones depend on placeholders. */
    public List<Migration> migrationsFor(TenantHome home) {
        return dependsOnHome
                ? migrations.stream().map(migration -> forHome(migration, home)).toList()
                : migrations;
    }

    /**
     * The checksum that is the same for all homes: of a repeatable script before placeholders are replaced.
     *
     * @return null if Flyway computes none
     */
    public @Nullable Integer commonChecksum(Migration migration) {
        return VersionFingerprints.commonChecksum(migration, scripts());
    }

    private Migration forHome(Migration migration, TenantHome home) {
        if (migration.version() != null) {
            return migration;
        }
        return new Migration(
                null,
                migration.description(),
                migration.type(),
                migration.script(),
                FlywayEngine.checksum(scripts().text(migration.script()), home).orElse(null));
    }

    /** Scripts and classes that stand for all versions up to theirs, in a new home. */
    public Set<String> baselines() {
        return migrations.stream()
                .filter(Migration::isBaseline)
                .map(Migration::script)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Scripts that Flyway's parser refuses. A home never gets beyond them. */
    public Set<String> unreadable() {
        return unreadable.keySet();
    }

    /** Whether a version below the highest one of a home is applied. Flyway's setting {@code outOfOrder}. */
    public boolean isOutOfOrder() {
        return outOfOrder;
    }

    /** What can be applied without Flyway. */
    public Plans plans() {
        return plans;
    }
}
