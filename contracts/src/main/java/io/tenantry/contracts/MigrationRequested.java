package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an upgrade of one tenant, or of one shared database. Exactly one of {@code tenant} and {@code database} is
 * set.
 *
 * @param database the shared database; then {@code databases} is empty
 * @param databases of the tenant's databases, those to upgrade; empty or null means all
 * @param target a version such as {@code 11} or {@code 2.1}, or {@code latest}; null means {@code latest}
 * @param rollout the rollout that this request is part of; null means none
 * @param attempt counts the requests for the same change, from 1
 * @param targets versions of the tenant's databases, by name, which go before {@code target}; empty or null means none; empty
 *     for a shared database
 */
public record MigrationRequested(
        @Nullable String tenant,
        @Nullable String database,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> databases,
        String target,
        @Nullable String rollout,
        int attempt,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> targets)
        implements TenantRequest {

    public static final String LATEST = "latest";

    /** @throws IllegalArgumentException if a value is not as the schema says */
    public MigrationRequested {
        Rules.tenantOrDatabase(tenant, database);
        databases = Rules.databases(databases);
        if (database != null && !databases.isEmpty()) {
            throw new IllegalArgumentException("databases is set beside database " + Excerpt.quoted(database)
                    + "; expected a shared database alone, or a tenant with databases");
        }
        target = Rules.target(target);
        if (rollout != null) {
            Rules.rollout(rollout);
        }
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + "; expected 1 or more");
        }
        targets = Rules.targets(targets);
        if (database != null && !targets.isEmpty()) {
            throw new IllegalArgumentException("targets is set beside database " + Excerpt.quoted(database)
                    + "; expected target for a shared database, or targets for the databases of a tenant");
        }
    }

    /** Without targets of single databases. */
    public MigrationRequested(
            @Nullable String tenant,
            @Nullable String database,
            List<String> databases,
            String target,
            @Nullable String rollout,
            int attempt) {
        this(tenant, database, databases, target, rollout, attempt, Map.of());
    }

    @JsonCreator
    static MigrationRequested read(
            @JsonProperty("tenant") @Nullable String tenant,
            @JsonProperty("database") @Nullable String database,
            @JsonProperty("databases") @Nullable List<String> databases,
            @JsonProperty("target") @Nullable String target,
            @JsonProperty("rollout") @Nullable String rollout,
            @JsonProperty("attempt") @Nullable Integer attempt,
            @JsonProperty("targets") @Nullable Map<String, String> targets) {
        return new MigrationRequested(
                tenant,
                database,
                databases == null ? List.of() : databases,
                target == null ? LATEST : target,
                rollout,
                attempt == null ? 1 : attempt,
                targets == null ? Map.of() : targets);
    }

    /** The version to reach in this database, or {@code latest}. */
    public String targetOf(String database) {
        return targets.getOrDefault(database, target);
    }

    @Override
    public RequestType type() {
        return RequestType.MIGRATION;
    }

    /** Always empty. */
    @Override
    public Map<String, String> attributes() {
        return Map.of();
    }

    @Override
    public String key() {
        return tenant == null ? Objects.requireNonNull(database) : tenant;
    }
}
