package io.tenantry.worker.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.limits.SamePostgres.Scope;
import io.tenantry.worker.limits.SamePostgres.Session;
import org.junit.jupiter.api.Test;

class SamePostgresTest {
    private static final Session HERE = new Session("1.5", "tenant", "main");

    private final SamePostgres before = new SamePostgres();

    @Test
    void onlyWhatIsUnderTheSameLimitIsAdded() {
        before.addConnections("database", new Session("1.5", "other", "main"), 10);
        before.addConnections("role", new Session("1.5", "tenant", "second"), 200);
        before.addConnections("away", new Session("2.5", "tenant", "main"), 4000);
        before.addLocks("locks", HERE, 50_000);

        assertThat(before.connections(HERE, Scope.SERVER).number()).isEqualTo(210);
        assertThat(before.connections(HERE, Scope.SERVER).words())
                .isEqualTo(", and 10 of server database and 200 of server role, the same PostgreSQL");
        assertThat(before.connections(HERE, Scope.DATABASE).number()).isEqualTo(10);
        assertThat(before.connections(HERE, Scope.ROLE).number()).isEqualTo(200);
        assertThat(before.locks(HERE).number()).isEqualTo(50_000);
    }

    @Test
    void anotherPostgresLeavesAServerAlone() {
        before.addConnections("main", HERE, 10);
        before.addConnections("away", new Session("2.5", "tenant", "main"), 10);
        assertThat(before.isAlone("main")).isTrue();

        before.addConnections("second", new Session("1.5", "other", "second"), 10);
        assertThat(before.isAlone("main")).isFalse();
    }
}
