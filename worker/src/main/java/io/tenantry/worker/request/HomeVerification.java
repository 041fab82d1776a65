package io.tenantry.worker.request;

import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares homes with what their migrations make, before and after the work of a request. Safe for use by many threads.
 */
public interface HomeVerification {
    /** Compares no home. */
    HomeVerification NONE = new HomeVerification() {
        @Override
        public boolean isWanted(String database) {
            return false;
        }

        @Override
        public Seen look(TenantHome home, Server server) {
            return new Seen(List.of(), null);
        }
    };

    /** Whether each home of this database is compared before the result of a request. */
    boolean isWanted(String database);

    /** Compares a home. The caller has a permit of its server, and none of its connections open. */
    Seen look(TenantHome home, Server server);

    /**
     * What was seen.
     *
     * @param differences empty if there is none, if there is no home, or if that is not known
     * @param unknown why nothing is known; null if it is
     */
    record Seen(List<HomeDifference> differences, @Nullable String unknown) {
        public Seen {
            differences = List.copyOf(differences);
        }
    }
}
