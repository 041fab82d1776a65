package io.tenantry.worker.intake.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerLoadTest {
    private static final Set<String> MAIN = Set.of("main");
    private static final Set<String> OTHER = Set.of("other");
    private static final Set<String> BOTH = Set.of("main", "other");

    private final ServerLoad load = new ServerLoad(new ServerLoad.Limits(2, 4, 1000));

    @Test
    void eachServerHasItsLimit() {
        take(MAIN, 1);
        ServerLoad.Place second = take(MAIN, 1);

        assertThat(load.hasRoom(MAIN)).isFalse();
        assertThat(load.hasRoom(OTHER)).isTrue();
        assertThat(load.hasRoom(BOTH)).as("it needs both").isFalse();
        second.end();
        second.end();
        assertThat(load.hasRoom(MAIN)).isTrue();
        assertThat(load.hasMuchRoom(MAIN)).as("the half is taken").isFalse();
    }

    @Test
    void thoseThatWaitAndTheirBytesDoNotKeepOthersFromComingBack() {
        load.take(MAIN, 300);
        load.take(MAIN, 300);
        load.take(MAIN, 300);

        assertThat(load.hasMuchRoom(MAIN)).isTrue();
        load.take(MAIN, 99);
        assertThat(load.hasMuchRoom(MAIN)).as("four are started").isFalse();
    }

    @Test
    void roomThatIsKeptIsNotForNewOnes() {
        load.keepRoomAt(MAIN);

        assertThat(load.hasRoomForNew(MAIN)).isFalse();
        assertThat(load.hasRoomForNew(BOTH)).isFalse();
        assertThat(load.hasRoomForNew(OTHER)).isTrue();
        assertThat(load.hasRoom(MAIN)).isTrue();
        assertThat(take(ServerLoad.UNKNOWN, 1).move(MAIN)).isFalse();
        load.keepRoomAt(Set.of());
        assertThat(load.hasRoomForNew(MAIN)).isTrue();
    }

    @Test
    void bytesAreLimitedToo() {
        ServerLoad.Place large = take(MAIN, 1000);

        assertThat(load.hasRoom(MAIN)).isFalse();
        assertThat(load.hasRoom(OTHER)).isTrue();
        large.end();
        assertThat(load.hasMuchRoom(MAIN)).isTrue();
    }

    @Test
    void oneThatWaitsForATimeKeepsFewOthersOut() {
        ServerLoad.Place first = take(MAIN, 1);
        take(MAIN, 1).waits(true);
        take(MAIN, 1).waits(true);
        first.waits(true);
        first.waits(true);
        assertThat(load.hasRoom(MAIN)).isTrue();

        first.waits(false);
        take(MAIN, 1);
        assertThat(load.hasRoom(MAIN)).isFalse();
        first.waits(true);
        assertThat(load.hasRoom(MAIN)).as("four are started").isFalse();
        first.end();
        assertThat(load.hasRoom(MAIN)).isTrue();
    }

    @Test
    void whoseServersBecomeKnownIsRefusedWhereThereIsNoRoom() {
        take(MAIN, 1);
        take(MAIN, 1);
        ServerLoad.Place unknown = take(ServerLoad.UNKNOWN, 1);
        ServerLoad.Place lucky = take(ServerLoad.UNKNOWN, 1);
        assertThat(load.hasRoom(ServerLoad.UNKNOWN)).isFalse();

        assertThat(unknown.move(MAIN)).isFalse();
        assertThat(lucky.move(OTHER)).isTrue();
        assertThat(load.hasMuchRoom(ServerLoad.UNKNOWN)).isTrue();
        assertThat(load.hasMuchRoom(OTHER)).isFalse();
    }

    @Test
    void oneThatLivesElsewhereThanConfiguredGoesOn() {
        ServerLoad.Place place = take(MAIN, 1);
        take(OTHER, 1);
        take(OTHER, 1);

        assertThat(place.move(OTHER)).isTrue();
        assertThat(load.hasMuchRoom(MAIN)).isTrue();
    }

    /** One at work. */
    private ServerLoad.Place take(Set<String> servers, long bytes) {
        ServerLoad.Place place = load.take(servers, bytes);
        place.waits(false);
        return place;
    }
}
