package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What the other named databases of the configuration call their own. */
final class OtherDatabases {
    private final DatabaseSettings database;
    private final HomePattern pattern;
    private final List<DatabaseSettings> others;

    /**
     * @param database the one whose homes are adopted
     * @param pattern how they are called
     * @param all of the configuration
     */
    OtherDatabases(DatabaseSettings database, HomePattern pattern, Collection<DatabaseSettings> all) {
        this.database = database;
        this.pattern = pattern;
        this.others =
                all.stream().filter(one -> !one.name().equals(database.name())).toList();
    }

    /** The registry's schema, and the shared ones, whose histories are their own. */
    List<String> schemasOfNoTenant() {
        List<String> schemas = new ArrayList<>(List.of("tenantry"));
        others.stream().filter(one -> one.isolation() == Isolation.SHARED).forEach(one -> schemas.add(one.location()));
        return schemas;
    }

    /** How the schemas of their tenants are called. */
    List<HomePattern> schemas() {
        return others.stream()
                .filter(one -> one.isolation() == Isolation.SCHEMA)
                .flatMap(one -> HomePattern.of(one.location()).stream())
                .toList();
    }

    /**
     * Whether the name is rather one of theirs: it fits their location, and no less of it is fixed there than in the pattern.
     *
     * @return for people; empty if it is not
     */
    Optional<String> claim(TenantHome home) {
        return others.stream()
                .filter(one -> one.isolation() == database.isolation()
                        && one.serverNames().contains(home.server()))
                .flatMap(one -> claim(one, home.location()).stream())
                .findFirst();
    }

    private Optional<String> claim(DatabaseSettings other, String location) {
        return HomePattern.of(other.location())
                .filter(theirs -> theirs.fixed() >= pattern.fixed())
                .flatMap(theirs -> theirs.tenantOf(location))
                .map(tenant -> "tenant " + tenant + " of database " + other.name() + ", " + other.location());
    }
}
