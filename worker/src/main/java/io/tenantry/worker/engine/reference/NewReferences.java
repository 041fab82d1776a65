package io.tenantry.worker.engine.reference;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.proof.ReferenceTrial;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the references of one named database on one server. */
final class NewReferences {
    private static final Logger LOG = LoggerFactory.getLogger(NewReferences.class);

    /** How a script can know in which home it runs. */
    private static final Pattern READS_NAME = Pattern.compile(
            "\\$\\{|\\bcurrent_(?:schema|catalog|database)|\\bpg_\\w|\\binformation_schema\\b|\\bsearch_path\\b|\\breg\\w+",
            Pattern.CASE_INSENSITIVE);

    private final MigrationCatalog catalog;
    private final Server server;
    private final ReferenceTrial trial;
    private final boolean isNameRead;

    /**
     * What came of it.
     *
     * @param reference null if it cannot be made
     * @param reason why it cannot be made; empty otherwise
     */
    record Made(@Nullable Reference reference, String reason) {}

    /** @param allow scripts, by their names in the history, that may reach outside the schema */
    NewReferences(MigrationCatalog catalog, Server server, Set<String> allow) {
        this.catalog = catalog;
        this.server = server;
        this.trial = new ReferenceTrial(catalog, allow);
        this.isNameRead = !catalog.sources().java().isEmpty()
                || catalog.sources().scripts().texts().stream()
                        .anyMatch(text -> READS_NAME.matcher(text).find());
    }

    /** Whether scripts may make something else for a tenant with another name. */
    boolean mayDependOnName() {
        return isNameRead;
    }

    /** Makes one. */
    Made one(AppliedPath path, TenantHome home) throws SQLException {
        return made(trial.replay(path, server, home, false));
    }

    /**
     * Makes one under a longer name of a tenant. Where it is not the same as an earlier one, either the environment has changed,
     * or scripts compute something from the name: another new one tells which.
     *
     * @param recent one that was made just now
     * @param kept one that was made earlier
     * @return with marks where something depends on the name
     */
    Made again(AppliedPath path, TenantHome home, Optional<Reference> recent, Optional<Reference> kept)
            throws SQLException {
        @Nullable Reference longer = made(trial.replay(path, server, home, true)).reference();
        @Nullable Reference earlier = recent.or(() -> kept).orElse(null);
        if (longer != null && earlier != null && earlier.isSame(longer)) {
            return new Made(earlier, "");
        }
        Made made = recent.isPresent() ? new Made(recent.get(), "") : one(path, home);
        // A longer name may be too long for a script.
        if (made.reference() == null || longer == null) {
            return made;
        }
        Reference marked = made.reference().marked(longer);
        tell(marked.nameDependent());
        return new Made(marked, "");
    }

    private static Made made(ReferenceTrial.Outcome outcome) {
        return outcome instanceof ReferenceTrial.Outcome.Made made
                ? new Made(Reference.of(made.snapshot(), made.scratch()), "")
                : new Made(null, ((ReferenceTrial.Outcome.Unavailable) outcome).reason());
    }

    private void tell(List<String> dependent) {
        if (!dependent.isEmpty()) {
            LOG.info(
                    "database {}: scripts compute {} definitions from the tenant's name, such as {}; they are not compared",
                    catalog.database(),
                    dependent.size(),
                    dependent.get(0));
        }
    }
}
