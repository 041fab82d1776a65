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
    private final ShownDrift shown = shown(false);

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

    /** A program that reads the lines knows by the last one how many homes were looked at. */
    @Test
    void aCommandThatTheRegistryBreaksOffSaysWhatItHasSeen() {
        ShownDrift json = shown(true);
        json.showSoFar();
        assertThat(out.toString()).as("nothing was looked at").isEmpty();
        json.begins(7);
        json.found(new HomeFinding(
                new HomePlace("t0", "users", "main", "tenant_t0"), new Verdict.NoReference("why"), List.of()));

        json.showSoFar();

        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"tenant\":\"t0\",\"database\":\"users\",\"unreadable\":\"why\"}",
                        "{\"checked\":1,\"clean\":0,\"drifted\":0,\"unreadable\":1,\"busy\":0,\"homes\":7}");
    }

    private ShownDrift shown(boolean isJson) {
        return new ShownDrift(
                new Output(new PrintWriter(out), new PrintWriter(new StringWriter()), isJson, false),
                NextCommand.with(Path.of("tenantry.yaml")));
    }
}
