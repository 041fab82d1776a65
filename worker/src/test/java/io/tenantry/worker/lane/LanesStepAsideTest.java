package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A task that steps aside lets more urgent ones of its lane pass, and no others. */
class LanesStepAsideTest {
    private static final NextAction STEP_ASIDE = new NextAction.StepAside(LanesFixture.LONG, LanesFixture.WAIT);

    @Test
    void letsAMoreUrgentTaskPassThatWasQueuedBefore() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            LanesFixture.Gate gate = new LanesFixture.Gate();
            fixture.submit(
                    fixture.bulk("upgrade 1", "a").then(gate.passThen(STEP_ASIDE)),
                    fixture.bulk("upgrade 2", "a"),
                    fixture.interactive("signup", "a"));
            gate.open();
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade 1", "signup", "upgrade 1", "upgrade 2");
        }
    }

    @Test
    void letsAMoreUrgentTaskPassThatComesLater() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask first = fixture.bulk("upgrade 1", "a").then(STEP_ASIDE);
            fixture.submit(first);
            fixture.awaitWaiting(first, 1);
            fixture.submit(fixture.bulk("upgrade 2", "a"));
            fixture.awaitWhatIsReady();
            assertThat(fixture.journal).containsExactly("upgrade 1");

            fixture.submit(fixture.interactive("signup", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade 1", "signup", "upgrade 1", "upgrade 2");
        }
    }

    @Test
    void runsAgainAfterItsDelayWhenNobodyPasses() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            fixture.submit(
                    fixture.bulk("upgrade 1", "a")
                            .then(new NextAction.StepAside(Duration.ofMillis(10), LanesFixture.WAIT)),
                    fixture.bulk("upgrade 2", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade 1", "upgrade 1", "upgrade 2");
        }
    }

    @Test
    void stepsAsideAgainForTheNextOne() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            LanesFixture.Gate gate = new LanesFixture.Gate();
            fixture.submit(
                    fixture.bulk("upgrade", "a").then(gate.passThen(STEP_ASIDE)).then(STEP_ASIDE),
                    fixture.interactive("signup 1", "a"),
                    fixture.interactive("signup 2", "a"));
            gate.open();
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade", "signup 1", "upgrade", "signup 2", "upgrade");
        }
    }

    @Test
    void theOneThatPassedHoldsTheLaneWhileItWaits() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            List<Runnable> callbacks = new CopyOnWriteArrayList<>();
            FakeTask first = fixture.bulk("upgrade", "a").then(STEP_ASIDE);
            FakeTask signup =
                    fixture.interactive("signup", "a").then(new NextAction.Await(callbacks::add, LanesFixture.WAIT));
            fixture.submit(first);
            fixture.awaitWaiting(first, 1);
            fixture.submit(signup);
            fixture.awaitWaiting(signup, 1);
            fixture.submit(fixture.interactive("signup 2", "a"));
            fixture.awaitWhatIsReady();
            assertThat(fixture.journal).containsExactly("upgrade", "signup");

            LanesFixture.callBack(callbacks, 0);
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade", "signup", "signup", "upgrade", "signup 2");
        }
    }

    @Test
    void aTaskThatMayNotOvertakeWaitsHoweverUrgentItIs() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask first = fixture.bulk("upgrade", "a")
                    .then(new NextAction.StepAside(Duration.ofMillis(10), LanesFixture.WAIT));
            fixture.submit(first, fixture.interactive("offboarding", "a").overtaking());
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade", "upgrade", "offboarding");
        }
    }

    @Test
    void aTaskDoesNotPassOneBetweenThatItMayNotOvertake() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask first = fixture.bulk("upgrade", "a")
                    .then(new NextAction.StepAside(Duration.ofMillis(10), LanesFixture.WAIT));
            fixture.submit(
                    first, fixture.interactive("offboarding", "a").overtaking(), fixture.interactive("signup", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("upgrade", "upgrade", "offboarding", "signup");
        }
    }
}
