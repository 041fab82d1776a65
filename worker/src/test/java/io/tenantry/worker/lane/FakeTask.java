package io.tenantry.worker.lane;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A task that says at each turn what the test wants it to say, then finishes; it remembers what became of it. */
final class FakeTask implements Task {
    /** How a task ended without finishing by itself. */
    record Exhaustion(Exception cause, int attempts) {}

    private final String name;
    private final String lane;
    private final Priority priority;
    private final List<String> journal;
    private final Queue<Supplier<NextAction>> turns = new ArrayDeque<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger abandonments = new AtomicInteger();
    private final List<Exhaustion> exhaustions = new CopyOnWriteArrayList<>();
    private volatile boolean wanted = true;
    private Set<String> overtakes;
    private int failedBefore;
    private Map<String, String> logFields = Map.of();

    /** @param journal is told the name at the beginning of each turn */
    FakeTask(String name, String lane, Priority priority, List<String> journal) {
        this.name = name;
        this.lane = lane;
        this.priority = priority;
        this.journal = journal;
        this.overtakes = priority == Priority.INTERACTIVE ? Set.of(Priority.BULK.name()) : Set.of();
    }

    /** What the next turn without a verdict says. */
    FakeTask then(Supplier<NextAction> turn) {
        turns.add(turn);
        return this;
    }

    /** What the next turn without a verdict says. */
    FakeTask then(NextAction action) {
        return then(() -> action);
    }

    /** How many attempts an earlier task for the same work has made. */
    FakeTask failedBefore(int attempts) {
        failedBefore = attempts;
        return this;
    }

    FakeTask logFields(Map<String, String> fields) {
        logFields = fields;
        return this;
    }

    void unwanted() {
        wanted = false;
    }

    int runs() {
        return runs.get();
    }

    int abandonments() {
        return abandonments.get();
    }

    List<Exhaustion> exhaustions() {
        return exhaustions;
    }

    @Override
    public String lane() {
        return lane;
    }

    @Override
    public Priority priority() {
        return priority;
    }

    @Override
    public String kind() {
        return priority.name();
    }

    @Override
    public Set<String> overtakes() {
        return overtakes;
    }

    /** May overtake tasks of this priority, and no others. */
    FakeTask overtaking(Priority... kinds) {
        overtakes = Stream.of(kinds).map(Priority::name).collect(Collectors.toSet());
        return this;
    }

    @Override
    public NextAction run() {
        runs.incrementAndGet();
        journal.add(name);
        Supplier<NextAction> turn = turns.poll();
        return turn == null ? new NextAction.Finished() : turn.get();
    }

    @Override
    public Map<String, String> logFields() {
        return logFields;
    }

    @Override
    public int failedBefore() {
        return failedBefore;
    }

    @Override
    public void exhausted(Exception cause, int attempts) {
        exhaustions.add(new Exhaustion(cause, attempts));
    }

    @Override
    public void abandoned() {
        abandonments.incrementAndGet();
    }

    @Override
    public boolean wanted() {
        return wanted;
    }

    @Override
    public String toString() {
        return name;
    }
}
