package io.tenantry.worker.cli.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands below {@code rollout} on real servers; the verbs are answered by a test, and not by a worker. */
class RolloutCommandsIT {
    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @Test
    void aVerbReturnsWithItsOwnAnswer() throws Exception {
        control.deployment().withTopics();
        try (Answerer answerer = new Answerer(control.deployment().settings().kafka())) {
            CommandLineRun accepted = run("pause", "release-7", "--reason=accept");
            CommandLineRun refused = run("pause", "release-7", "--reason=refuse");
            CommandLineRun dead = run("resume", "release-7", "--reason=dead-letter", "--json");
            CommandLineRun silent = run("retry-failed", "release-7", "--timeout=1s");

            assertThat(accepted.status()).as(accepted.err()).isEqualTo(ExitStatus.DONE);
            assertThat(accepted.out()).isEqualTo("release-7 is paused; what was sent finishes\n");
            assertThat(accepted.err()).contains("watch it: tenantry rollout watch release-7 --config ");
            assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(refused.err()).contains("refused with rollout-state: it is completed", "rollout show release-7");
            assertThat(dead.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(dead.json().get(0).toString())
                    .isEqualTo("{\"rollout\":\"release-7\",\"action\":\"resume\",\"answer\":\"dead-letter\","
                            + "\"code\":\"internal\",\"reason\":\"a bug\"}");
            assertThat(silent.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(silent.err())
                    .contains("no answer in 1 s", "may still be executed", "the registry has no rollout release-7");
            assertThat(answerer.received())
                    .containsExactly(
                            RolloutRequested.change("release-7", RolloutAction.PAUSE, "accept"),
                            RolloutRequested.change("release-7", RolloutAction.PAUSE, "refuse"),
                            RolloutRequested.change("release-7", RolloutAction.RESUME, "dead-letter"),
                            RolloutRequested.change("release-7", RolloutAction.RETRY_FAILED, null));

            CommandLineRun refusedStart = run("start", "release-8");
            assertThat(refusedStart.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(refusedStart.err())
                    .contains("refused with rollout-state", "tenantry rollout list --config ")
                    .as("there is no rollout of that name")
                    .doesNotContain("rollout show");

            CommandLineRun interrupted =
                    CommandLineRun.interruptedOn(control.deployment(), "rollout", "retry-failed", "release-7");
            assertThat(interrupted.status()).isEqualTo(130);
            assertThat(interrupted.err())
                    .contains("interrupted before a worker has answered", "rollout show release-7");
        }
    }

    @Test
    void withoutTopicsNothingIsSentAndWhatToDoIsSaid() {
        CommandLineRun run = run("pause", "release-7", "--timeout=1s");

        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.err())
                .contains("rollout.results does not exist", "nothing was sent", "`tenantry topics --config ");
    }

    @Test
    void whatIsWatchedShownAndListedIsInTheRegistry() {
        completed("release-7", 0);
        completed("release-8", 1);

        CommandLineRun succeeded = run("watch", "release-7");
        CommandLineRun withFailures = run("watch", "release-8", "--json");
        CommandLineRun none = run("watch", "release-9");
        CommandLineRun shown = run("show", "release-8", "--json");
        CommandLineRun listed = run("list");

        assertThat(succeeded.status()).as(succeeded.err()).isEqualTo(ExitStatus.DONE);
        assertThat(succeeded.lines().get(0)).contains("release-7: completed");
        assertThat(succeeded.out()).contains("release-7 completed in ", ": 9 of 9 tenants at the target");
        assertThat(withFailures.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(withFailures.json())
                .extracting(line -> line.get("event").asText())
                .containsExactly("failure", "rollout");
        assertThat(withFailures
                        .json()
                        .get(1)
                        .get("rollout")
                        .get("counts")
                        .get("failed")
                        .asInt())
                .isEqualTo(1);
        assertThat(none.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(none.err()).contains("there is no rollout release-9 in the registry");
        assertThat(shown.json().get(0).at("/rollout/concurrency").asInt()).isEqualTo(32);
        assertThat(shown.json().get(0).at("/rollout/concurrencyGrows").asBoolean())
                .as("the start has none of its own")
                .isTrue();
        assertThat(shown.json().get(0).get("failed").get(0).get("tenant").asText())
                .isEqualTo("t9");
        assertThat(listed.lines()).hasSize(3).anyMatch(line -> line.startsWith("release-7  completed  1 of 1"));
        assertThat(run("list", "--active").err()).contains("there is no active rollout");
    }

    @Test
    void aStartThatWasRefusedSaysWhyWhenItIsWatched() {
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.rollout_event (group_id, partition, position, rollout, id, type,"
                                + " data) VALUES ('fleet', 4, 1, 'release-7', 'one', 'io.tenantry.rollout.refused.v1',"
                                + " '{\"rollout\":\"release-7\",\"target\":\"12\",\"counts\":{\"total\":0,\"completed\":0,"
                                + "\"upToDate\":0,\"failed\":0,\"skipped\":0},\"code\":\"target-unknown\",\"reason\":\"nobody"
                                + " has 12\"}')");

        CommandLineRun run = run("watch", "release-7");

        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.out()).isEqualTo("release-7 was refused with target-unknown: nobody has 12\n");
    }

    @Test
    void wrongOptionsNeedNoServer() {
        assertThat(run("abort", "release-7").status()).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(run("abort", "release-7").err()).contains("--reason is missing");
        assertThat(run("start", "no/name").status()).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(run("start", "release-7", "--wave=all").err()).contains("--wave is \"all\"");
        assertThat(run("pause", "release-7", "--timeout=0s").err()).contains("--timeout is 0s");
        assertThat(run("list", "--limit=0").err()).contains("--limit is 0");
    }

    private CommandLineRun run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "rollout";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandLineRun.on(control.deployment(), all);
    }

    /** One wave of nine. */
    private void completed(String name, int failed) {
        RolloutRequested start = new RolloutRequested(name, List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE);
        String json = new String(new EventCodec().encodeData(start), StandardCharsets.UTF_8);
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id,"
                                + " verb_source, concurrency, wave, max_failures, started_at, finished_at) VALUES ('"
                                + name
                                + "', 'fleet', 0, 'completed', '" + json + "', 'v', '/t', 32, 1, 0, now(), now());"
                                + " INSERT INTO tenantry.rollout_wave (rollout, wave, members, completed, failed, started_at,"
                                + " completed_at) VALUES ('" + name + "', 1, 9, " + (9 - failed) + ", " + failed
                                + ", now(), now());");
        if (failed > 0) {
            control.deployment()
                    .executeInRegistry("INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave,"
                            + " request_id, state, code) VALUES ('" + name + "', false, 't9', '{users}', 1, 'r9',"
                            + " 'failed', 'lock-timeout'); INSERT INTO tenantry.rollout_failure VALUES ('" + name
                            + "', 'lock-timeout', 1)");
        }
    }
}
