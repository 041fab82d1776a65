package io.tenantry.worker.operator.rebuild;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one home before it is looked at.
 *
 * @param tenant empty for a shared database
 * @param row the registry's; empty if there is none
 * @param places the schemas or databases that are marked as this home; the configured one for a shared database
 */
record Known(Optional<String> tenant, String database, Optional<RegisteredHome> row, List<TenantHome> places) {
    Known {
        places = List.copyOf(places);
    }

    /** Where the configuration puts a new tenant's home. */
    static String usualLocation(DatabaseSettings database, String tenant) {
        return database.location().replace("{tenant}", tenant);
    }

    /**
     * The place to look at: the registered one, the only one, or the only one on a configured server; empty if there is
     * none.
     */
    Optional<TenantHome> place(DatabaseSettings settings) {
        Optional<TenantHome> registered = registeredPlace();
        if (registered.isPresent() || places.size() == 1) {
            return registered.or(() -> Optional.of(places.get(0)));
        }
        List<TenantHome> configured = places.stream()
                .filter(place -> settings.serverNames().contains(place.server()))
                .toList();
        return configured.size() == 1 ? Optional.of(configured.get(0)) : Optional.empty();
    }

    private Optional<TenantHome> registeredPlace() {
        return row.flatMap(home -> places.stream()
                .filter(place ->
                        place.server().equals(home.server()) && place.location().equals(home.location()))
                .findFirst());
    }
}
