package io.tenantry.worker.intake.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParkedInPartitionTest {
    private static final Set<String> MAIN = Set.of("main");
    private static final Set<String> OTHER = Set.of("other");

    private final ParkedInPartition parked = new ParkedInPartition();

    @Test
    void theFirstOneThatHasRoomIsStartable() {
        parked.park(5, "a", MAIN, 0);
        parked.park(6, "b", OTHER, 0);
        parked.park(7, "c", MAIN, 0);

        assertThat(parked.firstStartable(servers -> true)).contains(5L);
        assertThat(parked.firstStartable(OTHER::equals)).contains(6L);
        assertThat(parked.firstStartable(servers -> false)).isEmpty();
        parked.started(5, "a", MAIN);
        assertThat(parked.firstStartable(MAIN::equals)).contains(7L);
    }

    @Test
    void whatFollowsAParkedOneOfItsKeyIsNotStartedBeforeIt() {
        parked.park(5, "a", MAIN, 0);

        assertThat(parked.mayStart(6, "a", OTHER)).isFalse();
        assertThat(parked.mayStart(6, "b", OTHER)).isTrue();
        parked.park(6, "a", OTHER, 0);
        assertThat(parked.firstStartable(OTHER::equals)).isEmpty();
        assertThat(parked.mayStart(5, "a", MAIN)).isTrue();

        parked.started(5, "a", MAIN);
        assertThat(parked.mayStart(6, "a", OTHER)).isTrue();
        parked.ended("a");
        assertThat(parked.firstStartable(OTHER::equals)).contains(6L);
    }

    @Test
    void fewOfOneKeyAreStartedAtOnce() {
        int started = 0;
        while (parked.mayStart(started, "a", MAIN)) {
            parked.started(started++, "a", MAIN);
        }
        assertThat(started).isEqualTo(8);
        parked.park(8, "a", MAIN, 0);
        assertThat(parked.firstStartable(servers -> true)).isEmpty();

        for (int i = 0; i < 8; i++) {
            parked.ended("a");
        }

        assertThat(parked.firstStartable(servers -> true)).contains(8L);
    }

    /** It would be started again behind those that were started after it. */
    @Test
    void nothingIsStartedBehindOneThatMayComeBack() {
        parked.started(5, "a", ServerLoad.UNKNOWN);

        assertThat(parked.mayStart(6, "a", MAIN)).isFalse();
        parked.park(6, "a", MAIN, 0);
        parked.ended("a");
        parked.park(5, "a", OTHER, 0);
        assertThat(parked.mayStart(6, "a", MAIN)).isFalse();
        assertThat(parked.firstStartable(MAIN::equals)).isEmpty();
        assertThat(parked.firstStartable(OTHER::equals)).contains(5L);
    }

    @Test
    void oneThatMayComeBackIsNotStartedBehindAnother() {
        parked.started(5, "a", MAIN);

        assertThat(parked.mayStart(6, "a", ServerLoad.UNKNOWN)).isFalse();
        parked.ended("a");
        assertThat(parked.mayStart(6, "a", ServerLoad.UNKNOWN)).isTrue();
    }

    @Test
    void whatIsForgottenLetsTheNextOfItsKeyGoFirst() {
        parked.park(5, "a", MAIN, 0);
        parked.park(6, "a", OTHER, 0);

        assertThat(parked.missing(0, 6, Set.of())).isEqualTo(List.of(5L));
        assertThat(parked.missing(0, 7, Set.of(5L))).isEqualTo(List.of(6L));
        assertThat(parked.remove(5)).isEqualTo("a");
        assertThat(parked.remove(5)).isNull();
        assertThat(parked.firstStartable(OTHER::equals)).contains(6L);
        assertThat(parked.remove(6)).isEqualTo("a");
        assertThat(parked.isEmpty()).isTrue();
    }
}
