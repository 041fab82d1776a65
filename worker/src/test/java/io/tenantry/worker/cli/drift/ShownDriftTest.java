package io.tenantry.worker.cli.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.drift.HomeFinding;
import io.tenantry.worker.registry.overview.HomePlace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShownDriftTest {
    private final StringWriter out = new StringWriter();
    private final ShownDrift shown = new ShownDrift(
            new Output(new PrintWriter(out), new PrintWriter(new StringWriter()), false, false),
            NextCommand.with(Path.of("tenantry.yaml")));

    @Test
    void namesTheFirstHomesThatAreBeingMigrated() throws Exception {
        shown.begins(7);
        for (int i = 0; i < 7; i++) {
            HomePlace home = new HomePlace("t" + i, "users", "main", "tenant_t" + i);
            shown.found(new HomeFinding(home, new Verdict.Busy(null), List.of()));
        }

        int status = shown.end(Interruption.never());

        assertThat(status).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "being migrated, so not compared: t0, database users; t1, database users; t2, database users;"
                                + " t3, database users; t4, database users; and 2 more homes",
                        "7 homes compared: 0 as their migrations make them, 0 drifted, 0 not comparable, 7 being migrated");
    }
}
