package io.tenantry.worker.cli.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.Wave;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The options of {@code rollout start} become the request that says the same. */
class StartOptionsTest {
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    @Test
    void withoutOptionsItIsTheWholeFleetToTheLatestVersionAndTheFirstFailureHalts() {
        assertThat(request())
                .isEqualTo(new RolloutRequested("release-7", List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE));
    }

    @Test
    void everyOptionHasItsField() {
        RolloutRequested request = request(
                "--to=12",
                "--database=users,audit",
                "--database=logs",
                "--tenants=a*,b",
                "--exclude=acme",
                "--attribute=plan=free",
                "--attribute=region=eu",
                "--concurrency=7",
                "--max-failures=3",
                "--max-failure-percent=2",
                "--every-tenant");

        assertThat(request)
                .isEqualTo(new RolloutRequested(
                        "release-7",
                        RolloutAction.START,
                        "why",
                        List.of("users", "audit", "logs"),
                        "12",
                        new RolloutSelection(
                                List.of("a*", "b"), List.of("acme"), Map.of("plan", "free", "region", "eu")),
                        List.of(),
                        7,
                        new HaltRule(3, 2),
                        true));
    }

    @Test
    void aLimitThatIsLeftOutBesideTheOtherIsNoLimit() {
        assertThat(request("--max-failure-percent=2").halt()).isEqualTo(new HaltRule(null, 2));
        assertThat(request("--max-failures=2").halt()).isEqualTo(new HaltRule(2, null));
    }

    @Test
    void theCanaryComesFirstAndTheRestIsNotSent() {
        assertThat(waves("--wave=10%", "--canary=acme,b*", "--wave=25", "--wave=rest"))
                .containsExactly(
                        new Wave("canary", List.of("acme", "b*"), null, null, null, null),
                        new Wave(null, null, 10),
                        new Wave(null, 25, null));
        assertThat(waves("--wave=rest")).isEmpty();
    }

    @Test
    void soakIsForEachWaveThatHasNoneOfItsOwnAndDoesNotTakeAll() {
        assertThat(waves("--canary=acme", "--wave=10%", "--wave=20%,soak=1h", "--wave=100%", "--soak=5m"))
                .extracting(Wave::soak)
                .containsExactly(FIVE_MINUTES, FIVE_MINUTES, Duration.ofHours(1), null);
    }

    @Test
    void aPauseIsAfterAWaveByNameByNumberOrInPlace() {
        assertThat(waves(
                        "--canary=acme",
                        "--wave=early=10%",
                        "--wave=20%",
                        "--wave=30%,pause",
                        "--pause-after=canary,3"))
                .extracting(Wave::pauseAfter)
                .containsExactly(true, null, true, true);
        assertThat(waves("--canary=acme", "--wave=early=10%", "--pause-after=early"))
                .extracting(Wave::pauseAfter)
                .containsExactly(null, true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--wave=some | --wave is \"some\"; expected",
                "--wave=10%,slowly | with \"slowly\"; expected soak=DURATION or pause",
                "--wave=10%,soak=long | with soak long; expected a duration",
                "--wave=rest --wave=10% | --wave rest is followed by another wave",
                "--wave=rest,pause | expected rest alone",
                "--wave=late=rest | expected rest alone",
                "--soak=5m | --soak is given without --canary or --wave",
                "--soak=5m --wave=rest | --soak is given without --canary or --wave",
                "--wave=10% --soak=long | --soak is long; expected a duration",
                "--wave=10% --pause-after=rest | --pause-after is rest; expected one of 1; nothing comes after",
                "--wave=10% --pause-after=2 | --pause-after is 2; expected one of 1",
                "--pause-after=1 | no such option without --canary or --wave",
                "--wave=a=1 --wave=a=2 | two waves have the name a",
                "--wave=101% | waves[].percent is 101",
                "--wave=0 | waves[].count is 0",
                "--to=new | target is \"new\"",
                "--max-failure-percent=101 | halt.maxFailurePercent is 101",
                "--concurrency=0 | concurrency is 0"
            })
    void whatDoesNotFitIsRefusedWithItsReason(String options, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(options.split(" ")))
                .withMessageContaining(message);
    }

    private static List<Wave> waves(String... options) {
        return request(options).waves();
    }

    private static RolloutRequested request(String... options) {
        StartOptions parsed = CommandLine.populateCommand(new StartOptions(), options);
        return parsed.request("release-7", options.length > 5 ? "why" : null);
    }
}
