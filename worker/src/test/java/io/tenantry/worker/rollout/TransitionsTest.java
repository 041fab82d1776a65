package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.registry.rollout.RolloutState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TransitionsTest {
    private static final Pattern ARROW = Pattern.compile("(?m)^ +([a-z]+) --> ([a-z]+)$");

    @Test
    void theDiagramHasEveryTransitionAndNoOther() throws IOException {
        Set<String> allowed = new TreeSet<>();
        for (RolloutState from : RolloutState.values()) {
            for (RolloutState to : RolloutState.values()) {
                if (Transitions.isAllowed(from, to)) {
                    allowed.add(from.label() + " --> " + to.label());
                }
            }
        }
        assertThat(drawn()).isEqualTo(allowed);
    }

    private static Set<String> drawn() throws IOException {
        Set<String> drawn = new TreeSet<>();
        Matcher arrow = ARROW.matcher(Files.readString(Path.of("docs", "rollouts.md")));
        while (arrow.find()) {
            drawn.add(arrow.group(1) + " --> " + arrow.group(2));
        }
        return drawn;
    }

    @Test
    void anyOtherTransitionIsABug() {
        assertThatThrownBy(() -> Transitions.transitionTo(RolloutState.RUNNING, Rows.in(RolloutState.ABORTED), null))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aHaltAndAnAbortSkipWhatWasSentBefore() {
        assertThat(Transitions.transitionTo(RolloutState.HALTED, Rows.in(RolloutState.RUNNING), "why")
                        .halts())
                .isEqualTo(1);
        assertThat(Transitions.transitionTo(RolloutState.ABORTED, Rows.in(RolloutState.RUNNING), "why")
                        .halts())
                .isEqualTo(1);
        assertThat(Transitions.transitionTo(RolloutState.PAUSED, Rows.in(RolloutState.RUNNING), "why")
                        .halts())
                .isZero();
    }
}
