package io.tenantry.worker.rollout;

import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.rollout.MemberTable;
import io.tenantry.worker.registry.rollout.Outbox;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutTable;
import io.tenantry.worker.registry.rollout.RolloutTable.Look;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.registry.rollout.RolloutWaits;
import io.tenantry.worker.rollout.RolloutProgress.Advanced;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the driver does in the registry. Each step is one short transaction. For the driver's thread alone.
 */
public final class RolloutWork {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutWork.class);
    /** How often a rollout without a change is moved on: it may soak, or wait for workers. */
    private static final Duration WITHOUT_CHANGE = Duration.ofSeconds(1);

    private static final int WAITS_IN_LOG = 3;

    private record Seen(String progress, long atNanos) {}

    private final Registry registry;
    private final RolloutTerms terms;
    private final LongSupplier nanoTime;
    private final RolloutTable rollouts = new RolloutTable();
    private final MemberTable members = new MemberTable();
    private final Outbox outbox = new Outbox();
    private final RolloutWaits waits = new RolloutWaits();
    private final AttemptEvents attempts;
    private final RolloutProgress progress;
    private final VerbExecution verbs;
    private final Map<String, Seen> seen = new HashMap<>();
    private final OutboxReader outboxReader;
    private final ProgressWatch watch;
    private final ResendTimer resend;
    private final SendWindow window;
    private final UnpublishableAttempts unpublishable;

    /**
     * @param watch told at each turn what this worker drives
     * @param clock for times that are shown
     * @param nanoTime for everything that is waited for; as {@link System#nanoTime}
     */
    public RolloutWork(Registry registry, RolloutTerms terms, ProgressWatch watch, Clock clock, LongSupplier nanoTime) {
        this.watch = watch;
        this.resend = new ResendTimer(nanoTime);
        this.window = new SendWindow(nanoTime);
        this.unpublishable = new UnpublishableAttempts(registry);
        this.registry = registry;
        this.terms = terms;
        this.nanoTime = nanoTime;
        this.outboxReader = new OutboxReader(registry, terms, nanoTime);
        this.attempts = new AttemptEvents(terms.source(), clock);
        RolloutEvents events = new RolloutEvents(terms.source(), clock);
        this.progress = new RolloutProgress(new Planning(terms, events), events);
        this.verbs = new VerbExecution(terms, progress, events);
    }

    /** Does what can be done now; returns whether results of requests are expected soon. */
    boolean turn(Desk desk) throws SQLException {
        for (OwnedPartition partition : desk.partitions()) {
            if (!partition.isBegun()) {
                takeOver(desk, partition);
            }
        }
        executeVerbs(desk);
        unpublishable.fail(desk);
        boolean busy = !desk.isDraining() && moveOn(desk);
        desk.active(busy);
        outboxReader.read(desk);
        outboxReader.markPublished(desk);
        return busy || desk.unpublished() > 0;
    }

    /** Attempts that the owner before has claimed may never have been sent: they are sent again. */
    private void takeOver(Desk desk, OwnedPartition partition) throws SQLException {
        List<Look> active = registry.inTransaction(
                connection -> rollouts.active(connection, terms.group(), List.of(partition.number())));
        List<Outgoing.Attempt> again = new ArrayList<>();
        for (Look look : active) {
            ofOne(look, connection -> unanswered(connection, look.rollout())).ifPresent(again::addAll);
        }
        long position = registry.inTransaction(
                connection -> outbox.begin(connection, terms.group(), partition.number(), partition.published()));
        if (!again.isEmpty()) {
            LOG.info(
                    "partition {} of rollout.requested was taken over; {} requests of its rollouts are sent again, as the owner"
                            + " before may not have sent them",
                    partition.number(),
                    again.size());
        }
        desk.begun(partition, position, again);
        outboxReader.appended();
    }

    private void executeVerbs(Desk desk) throws SQLException {
        for (Optional<Desk.Waiting> next = desk.nextVerb(); next.isPresent(); next = desk.nextVerb()) {
            desk.answered(next.get(), execute(desk, next.get().verb()).orElse(null));
            outboxReader.appended();
        }
    }

    /** Why the verb becomes a dead letter; empty if it does not. */
    private Optional<String> execute(Desk desk, Rollouts.Verb verb) throws SQLException {
        try {
            return registry.inTransaction(connection -> {
                verbs.execute(connection, Verb.of(verb));
                return Optional.empty();
            });
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (SQLException | RuntimeException | Error failure) {
            if (!SqlFailure.isAboutTheData(failure)) {
                desk.notExecuted();
                throw failure;
            }
            LOG.error(
                    "{} of rollout {} cannot be executed; it becomes a dead letter",
                    verb.data().action().wireName(),
                    verb.data().rollout(),
                    failure);
            return Optional.of("it could not be executed, for a reason that the worker's log describes: "
                    + failure.getClass().getSimpleName());
        }
    }

    private boolean moveOn(Desk desk) throws SQLException {
        Map<Integer, OwnedPartition> owned = new HashMap<>();
        desk.partitions().stream()
                .filter(OwnedPartition::isBegun)
                .forEach(partition -> owned.put(partition.number(), partition));
        if (owned.isEmpty()) {
            seen.clear();
            watch.none();
            return false;
        }
        List<Look> looks =
                registry.inTransaction(connection -> rollouts.active(connection, terms.group(), owned.keySet()));
        seen.keySet().retainAll(looks.stream().map(Look::rollout).collect(Collectors.toSet()));
        watch.look(looks, this::whyItWaits);
        resend.retain(looks);
        window.retain(looks);
        boolean busy = false;
        for (Look look : looks) {
            int recent = window.recentlyAnswered(look);
            if (isDue(look)) {
                moveOn(desk, look, recent, Objects.requireNonNull(owned.get(look.partition())));
            }
            if (resend.isDue(look)) {
                sendAgain(desk, look, Objects.requireNonNull(owned.get(look.partition())));
            }
            busy |= look.inFlight() > 0;
        }
        return busy;
    }

    private void sendAgain(Desk desk, Look look, OwnedPartition partition) throws SQLException {
        List<Outgoing.Attempt> again = ofOne(look, connection -> unanswered(connection, look.rollout()))
                .orElse(List.of());
        if (!again.isEmpty()) {
            LOG.info(
                    "rollout {}: {} requests are sent again, as nothing of it has changed for long",
                    look.rollout(),
                    again.size());
            desk.hand(partition, again);
        }
    }

    private List<Outgoing.Attempt> unanswered(Connection connection, String rollout) throws SQLException {
        Optional<RolloutRow> row = rollouts.find(connection, rollout);
        if (row.isEmpty() || !row.get().isPlanned()) {
            return List.of();
        }
        return members.inFlight(connection, rollout).stream()
                .map(attempt -> attempts.of(row.get(), attempt))
                .toList();
    }

    private String whyItWaits(Look look) throws SQLException {
        Optional<String> reason = ofOne(look, connection -> {
            Optional<String> known = rollouts.find(connection, look.rollout()).map(RolloutRow::waitsFor);
            List<String> oldest = waits.oldest(connection, look.rollout(), WAITS_IN_LOG).stream()
                    .map(RolloutWait::text)
                    .toList();
            return known.orElse(oldest.isEmpty() ? "no worker has said what they wait for" : String.join("; ", oldest));
        });
        return reason.orElse("the reason cannot be read from the registry");
    }

    private boolean isDue(Look look) {
        Seen last = seen.get(look.rollout());
        long now = nanoTime.getAsLong();
        boolean due = last == null
                || !last.progress().equals(look.progress())
                || now - last.atNanos() >= WITHOUT_CHANGE.toNanos();
        if (due) {
            seen.put(look.rollout(), new Seen(look.progress(), now));
        }
        return due;
    }

    private void moveOn(Desk desk, Look look, int recentlyAnswered, OwnedPartition partition) throws SQLException {
        // Empty: it was not moved on; an empty value in it: it has ended.
        Optional<Optional<Advanced>> step =
                ofOne(look, connection -> progress.advance(connection, look.rollout(), look.state(), recentlyAnswered));
        if (step.isEmpty()) {
            return;
        }
        Optional<Advanced> advanced = step.get();
        advanced.ifPresent(next -> desk.hand(
                partition,
                next.attempts().stream()
                        .map(attempt -> attempts.of(next.row(), attempt))
                        .toList()));
        if (advanced.isEmpty() || advanced.get().said()) {
            outboxReader.appended();
        }
    }

    /** Work for one rollout; if it fails, the result is empty, and the other rollouts go on. */
    private <T> Optional<T> ofOne(Look look, Registry.Work<T> work) throws SQLException {
        try {
            return Optional.of(registry.inTransaction(work));
        } catch (SQLException | RuntimeException failure) {
            if (SqlFailure.of(failure) == SqlFailure.SERVER_AWAY) {
                throw failure;
            }
            LOG.error(
                    "rollout {}, which is {}, cannot be read or moved on; nothing of it is sent, and it is tried again",
                    look.rollout(),
                    look.state().label(),
                    failure);
            return Optional.empty();
        }
    }
}
