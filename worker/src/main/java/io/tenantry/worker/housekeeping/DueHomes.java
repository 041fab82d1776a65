package io.tenantry.worker.housekeeping;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftSettings;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.drift.DriftQueue;
import io.tenantry.worker.registry.drift.LookedAt;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The homes that are to be looked at next: samples of those that have just been onboarded or upgraded, and those of the sweep.
 * They take turns, so many samples do not make the sweep late, and neither do servers that are away. {@link #sample} may be called by any thread, everything else
 * by one.
 */
public final class DueHomes {
    /** One in so many. */
    private static final int SAMPLE_OF = 100;

    /** Those that are taken wait for so long at most. A worker that dies has taken no more. */
    private static final Duration LONGEST_TAKEN = Duration.ofSeconds(10);

    private static final int MOST_TAKEN = 20;
    /** When a home of the sweep that could not be looked at is due again. */
    private static final Duration AGAIN = Duration.ofMinutes(1);
    /** How often a sample is looked at while somebody works on it, or its server is away. */
    private static final int MOST_TRIES = 3;
    /** So much of the interval is used, to be ready in time. */
    private static final double PART_OF_INTERVAL = 0.8;

    private final DriftSettings settings;
    private final Map<String, DatabaseSettings> databases;
    private final DriftQueue queue;
    private final IntUnaryOperator random;
    private final LongSupplier nanoTime;
    private final RestingServers servers;
    private final LookTurns turns;
    private final WaitingSamples samples;
    private final Deque<TenantHome> taken = new ArrayDeque<>();
    private long fleet;
    private boolean isAsked;
    private long askedNanos;

    /**
     * A home that is to be looked at now.
     *
     * @param isSample whether it was just onboarded or upgraded; otherwise it is of the sweep
     * @param triesBefore how many looks at a sample have seen nothing of it
     */
    record Due(TenantHome home, boolean isSample, int triesBefore) {}

    /**
     * There are none yet.
     *
     * @param random a number from 0 to below its argument
     * @param nanoTime as {@link System#nanoTime}
     * @param servers those whose homes the sweep leaves out for now
     */
    public DueHomes(
            DriftSettings settings,
            List<DatabaseSettings> databases,
            DriftQueue queue,
            IntUnaryOperator random,
            LongSupplier nanoTime,
            RestingServers servers) {
        this.settings = settings;
        this.databases = databases.stream().collect(Collectors.toMap(DatabaseSettings::name, Function.identity()));
        this.queue = queue;
        this.random = random;
        this.nanoTime = nanoTime;
        this.servers = servers;
        this.turns = new LookTurns(nanoTime);
        this.samples = new WaitingSamples(nanoTime);
    }

    /** Takes one in a hundred of these homes, if their database wants it. False if it was dropped, since too many wait. */
    boolean sample(TenantHome home) {
        DatabaseSettings database = databases.get(home.database());
        boolean isWanted = database != null && database.drift().verifyAfter() == VerifyAfter.SAMPLE;
        if (!isWanted || random.applyAsInt(SAMPLE_OF) != 0) {
            return true;
        }
        return samples.add(home, 0);
    }

    /** Reads how many homes there are, and adds new ones; to be called now and then if there is a sweep. */
    DriftQueue.Fleet refresh() throws SQLException {
        queue.addNew();
        DriftQueue.Fleet now = queue.fleet(names());
        fleet = now.homes();
        return now;
    }

    /** The home that is to be looked at now, which is no longer due then; empty if there is none. */
    Optional<Due> next() throws SQLException {
        @Nullable Duration interval = settings.sweep();
        boolean isSampleDue = samples.isDue();
        if (interval != null && turns.isForSweep(gap(), isSampleDue)) {
            Optional<TenantHome> home = nextOfSweep(interval);
            if (home.isPresent()) {
                turns.sweep();
                return Optional.of(new Due(home.get(), false, 0));
            }
        }
        if (!isSampleDue) {
            return Optional.empty();
        }
        turns.sample();
        WaitingSamples.Sample first = samples.remove();
        return Optional.of(new Due(first.home(), true, first.triesBefore()));
    }

    /** A home of a server that rests takes no turn: it is postponed, and the next one follows. */
    private Optional<TenantHome> nextOfSweep(Duration interval) throws SQLException {
        Set<String> resting = servers.names();
        if (taken.isEmpty()) {
            take(interval, resting);
        }
        while (!taken.isEmpty()) {
            TenantHome home = taken.remove();
            if (!resting.contains(home.server())) {
                return Optional.of(home);
            }
            postpone(home);
            isAsked = false;
        }
        return Optional.empty();
    }

    /** There was no connection for the home: its turn comes again later, and others go on. False if it was dropped. */
    boolean again(Due due) throws SQLException {
        if (due.isSample()) {
            return samples.add(due.home(), due.triesBefore());
        }
        servers.foundBusy(due.home().server());
        turns.giveBack();
        isAsked = false;
        return postpone(due.home());
    }

    /** Whether the server of the home is not to be asked now. */
    boolean isAway(Due due) {
        return servers.isAway(due.home().server());
    }

    /** The server of the home did not answer: it is not asked again soon, and its other homes take no turns. */
    void foundAway(Due due) {
        servers.foundAway(due.home().server());
    }

    /** A look has seen nothing of the home: its turn comes again later. False if it was dropped after several tries. */
    boolean afterNothing(Due due) throws SQLException {
        if (due.isSample()) {
            int tries = due.triesBefore() + 1;
            return tries < MOST_TRIES && samples.add(due.home(), tries);
        }
        return postpone(due.home());
    }

    private boolean postpone(TenantHome home) throws SQLException {
        LookedAt place = new LookedAt(home.tenant(), home.database(), home.server(), home.location());
        queue.postpone(place, Objects.requireNonNull(settings.sweep()), AGAIN);
        return true;
    }

    /** The shortest time from one look to the next. */
    Duration shortestGap() {
        return Duration.ofSeconds(1).dividedBy(settings.homesPerSecond());
    }

    /** The time until a home may be due, at most so long. */
    Duration untilNext(Duration longest) {
        return settings.sweep() == null ? longest : turns.untilSweep(gap(), longest);
    }

    /** The time from one look of the sweep to the next, so that the homes take the interval, but no more are looked at than may be. */
    private Duration gap() {
        Duration shortest = shortestGap();
        @Nullable Duration interval = settings.sweep();
        if (interval == null || fleet == 0) {
            return shortest;
        }
        Duration even = Duration.ofNanos((long) (PART_OF_INTERVAL * interval.toNanos() / fleet));
        Duration wanted = even.compareTo(LONGEST_TAKEN) > 0 ? LONGEST_TAKEN : even;
        return wanted.compareTo(shortest) > 0 ? wanted : shortest;
    }

    private void take(Duration interval, Set<String> resting) throws SQLException {
        long now = nanoTime.getAsLong();
        if (isAsked && now - askedNanos < gap().toNanos()) {
            return;
        }
        isAsked = true;
        askedNanos = now;
        long limit = Math.min(MOST_TAKEN, Math.max(1, LONGEST_TAKEN.toNanos() / gap().toNanos()));
        queue.take(names(), resting, interval, Math.toIntExact(limit)).forEach(home -> taken.add(home(home)));
    }

    private TenantHome home(LookedAt home) {
        return new TenantHome(
                home.tenant(),
                home.database(),
                home.server(),
                home.location(),
                Objects.requireNonNull(databases.get(home.database())).isolation());
    }

    private List<String> names() {
        return List.copyOf(databases.keySet());
    }
}
