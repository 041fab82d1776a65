package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AdoptableHistory;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.Optional;

/** Says what a home is, by what was read there. */
final class Judge {
    private final MigrationCatalog catalog;

    Judge(MigrationCatalog catalog) {
        this.catalog = catalog;
    }

    /** The caller has no connection of the home's server open. */
    Judgement of(TenantHome home, HomeContent content) throws SQLException {
        if (content.history() != null) {
            Optional<String> fault = AdoptableHistory.fault(catalog, home, content.rows());
            String source = VersionTable.FLYWAY.table();
            return fault.isPresent()
                    ? Judgement.not(State.REFUSED, source, fault.get())
                    : Judgement.adoptable(source, content.rows(), false);
        }
        return Judgement.not(State.UNKNOWN_VERSION, null, "it has no table " + VersionTable.FLYWAY.table());
    }
}
