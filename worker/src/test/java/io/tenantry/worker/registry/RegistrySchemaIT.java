package io.tenantry.worker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flyway is left out only if the history is the one of this release. */
class RegistrySchemaIT {
    private static final String HISTORY = "tenantry.flyway_schema_history";
    private static final String OF_3 = " WHERE version = '3'";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @Test
    void aHistoryThatDiffersIsCheckedByFlyway() throws SQLException {
        execute("UPDATE " + HISTORY + " SET checksum = checksum + 1" + OF_3);
        assertThatThrownBy(() -> control.registry().migrate())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining("checksum mismatch for migration version 3");

        execute("UPDATE " + HISTORY + " SET checksum = checksum - 1, success = false" + OF_3);
        assertThatThrownBy(() -> control.registry().migrate())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining("failed migration to version 3");

        execute("UPDATE " + HISTORY + " SET success = true" + OF_3);
        control.registry().migrate();
        // A newer release has added it.
        execute("INSERT INTO " + HISTORY
                + " SELECT 99, '99', 'new', type, 'V99__new.sql', 1, installed_by, installed_on, 1, true" + " FROM "
                + HISTORY + OF_3);
        control.registry().migrate();
        assertThat(control.deployment().queryRegistry("SELECT max(version::int) FROM " + HISTORY))
                .containsExactly("99");

        execute("DELETE FROM " + HISTORY + " WHERE version::int >= (SELECT max(version::int) FROM " + HISTORY
                + " WHERE version::int < 99)");
        assertThatThrownBy(() -> control.registry().migrate())
                .as("the newest script, whose changes are there, is applied again")
                .isInstanceOf(MigrationsRefusedException.class);
    }

    private void execute(String sql) {
        control.deployment().executeInRegistry(sql);
    }
}
