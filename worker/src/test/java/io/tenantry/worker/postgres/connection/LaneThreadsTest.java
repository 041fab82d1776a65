package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneThreadsTest {
    @ParameterizedTest
    @CsvSource({"16, 1, 16", "1, 1, 1", "16, 2, 16", "1, 2, 2", "2, 2, 4", "3, 5, 10"})
    void thereAreAsManyAsAreWantedAndEnoughForEachServer(int wanted, int servers, int count) {
        assertThat(new LaneThreads(wanted, names(servers)).count()).isEqualTo(count);
    }

    @Test
    void theOnlyServerGetsAllButOneThatIsKeptForSignups() {
        LaneThreads threads = new LaneThreads(4, List.of("main"));

        assertThat(begun(threads, "main", false)).isEqualTo(3);
        assertThat(begun(threads, "main", true)).isEqualTo(1);
    }

    @Test
    void theOnlyThreadIsForEverybody() {
        LaneThreads threads = new LaneThreads(1, List.of("main"));

        assertThat(begun(threads, "main", false)).isEqualTo(1);
    }

    /** Whatever hangs, every other server can work on a migration and a signup at the same time. */
    @ParameterizedTest
    @CsvSource({"2, 2", "3, 2", "16, 2", "16, 3", "5, 4", "64, 3"})
    void serversThatHangLeaveTheOthersSomeThreads(int wanted, int servers) {
        LaneThreads threads = new LaneThreads(wanted, names(servers));
        for (int i = 1; i < servers; i++) {
            begun(threads, "server-" + i, i % 2 == 0);
            begun(threads, "server-" + i, i % 2 != 0);
        }

        assertThat(begun(threads, "server-0", false)).isPositive();
        assertThat(begun(threads, "server-0", true)).isPositive();
    }

    @Test
    void aServerMayUseWhatNobodyNeedsOrIsPromised() {
        LaneThreads threads = new LaneThreads(16, List.of("a", "b"));

        assertThat(begun(threads, "a", false)).isEqualTo(11);
        assertThat(begun(threads, "a", true)).isEqualTo(1);
        assertThat(begun(threads, "b", false)).isEqualTo(3);
        assertThat(begun(threads, "b", true)).isEqualTo(1);

        threads.end("a", false);
        assertThat(begun(threads, "b", false)).isEqualTo(1);
    }

    private static int begun(LaneThreads threads, String server, boolean signup) {
        int begun = 0;
        while (begun < 1000 && threads.tryBegin(server, signup)) {
            begun++;
        }
        return begun;
    }

    private static List<String> names(int servers) {
        return IntStream.range(0, servers).mapToObj(i -> "server-" + i).toList();
    }
}
