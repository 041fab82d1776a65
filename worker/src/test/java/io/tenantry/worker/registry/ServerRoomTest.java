package io.tenantry.worker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.ServerShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ServerRoomTest {
    @Test
    void theServerWithTheMostFreeRoomIsNext() {
        ServerRoom room = new ServerRoom(List.of(share("a", 5), share("b", 9)), Map.of("a", 3L, "b", 6L));

        assertThat(take(room, 6)).containsExactly("b", "a", "b", "a", "b", "none");
        assertThat(room).hasToString("a 5 of 5, b 9 of 9");
    }

    @Test
    void withoutLimitsTheEmptiestIsNext() {
        ServerRoom room = new ServerRoom(List.of(share("a"), share("b")), Map.of("a", 3L, "b", 1L, "old", 0L));

        assertThat(take(room, 4)).containsExactly("b", "b", "a", "b");
    }

    @Test
    void oneWithALimitFillsAsFastAsOneWithoutAndIsThenLeftOut() {
        ServerRoom room = new ServerRoom(List.of(share("a", 2), share("b")), Map.of());

        assertThat(take(room, 6)).containsExactly("a", "b", "a", "b", "b", "b");
        assertThat(room).hasToString("a 2 of 2, b 4");
    }

    @Test
    void oneThatHasMoreThanItMayHaveIsFull() {
        assertThat(new ServerRoom(List.of(share("a", 2)), Map.of("a", 7L)).next())
                .isEmpty();
    }

    private static List<String> take(ServerRoom room, int tenants) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            Optional<String> next = room.next();
            next.ifPresent(room::take);
            taken.add(next.orElse("none"));
        }
        return taken;
    }

    private static ServerShare share(String server) {
        return new ServerShare(server, OptionalInt.empty());
    }

    private static ServerShare share(String server, int most) {
        return new ServerShare(server, OptionalInt.of(most));
    }
}
