package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fleet of tenants, worker processes, requests, and the counts after what was done to them. For one thread. */
final class Trial implements AutoCloseable {
    /** After which a worker that does not move counts as dead. */
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(Trial.class);
    private static final Path LOGS = Path.of("target", "guarantees");

    private final Scale scale = Scale.selected();
    private final Random random;
    private final Deployment deployment;
    private final Journal journal;
    private final Group group;
    private final Requests requests;
    private final Answers answers;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private List<String> tenants = List.of();

    private Trial(Round round, DevStack stack) {
        LOG.info("{}; to repeat it: {}", round, round.howToRepeat());
        this.random = new Random(round.seed());
        this.deployment = Deployment.on(stack)
                .with("kafka.partitions", "6")
                .with("kafka.group-protocol", round.protocol().name().toLowerCase(Locale.ROOT))
                .with("worker.concurrency", "6")
                .with("retry.max-delay", "1s");
        this.journal = Journal.in(deployment);
        deployment.withTopics();
        if (!Scale.isFull()) {
            // What a worker that is killed has begun is waited for as long.
            property("transaction.timeout.ms", "4000");
        }
        this.group = new Group(deployment.settings().kafka());
        if (round.protocol() == GroupProtocol.CLASSIC) {
            property("session.timeout.ms", Long.toString(SESSION_TIMEOUT.toMillis()));
            property("heartbeat.interval.ms", "500");
        } else {
            group.sessionTimeout(SESSION_TIMEOUT);
        }
        this.requests = new Requests(deployment.events());
        this.answers = new Answers(stack.kafka().bootstrapServers(), deployment.prefix());
    }

    /** On the servers that all tests share. */
    static Trial of(Round round) {
        return new Trial(round, DevStack.shared());
    }

    /** On servers of its own, which may be stopped. */
    static Trial on(DevStack stack, Round round) {
        return new Trial(round, stack);
    }

    /** Sets a Kafka client property of the workers. */
    Trial property(String name, String value) {
        deployment.with("kafka.properties." + name, value);
        return this;
    }

    /** Signs up as many tenants, in the first version, and gives the release that follows three upgrades. */
    Trial onboard(int count, Duration step) {
        tenants = IntStream.range(0, count).mapToObj(i -> "tenant" + i).toList();
        tenants.forEach(requests::signUp);
        RunningWorker first = deployment.startWorker();
        awaitAnswers();
        first.stop();
        journal.countStarts(tenants);
        journal.addUpgrades(step);
        return this;
    }

    /** Starts worker processes, and does not wait until they are ready. */
    Trial startWorkers(int count) {
        for (int i = 0; i < count; i++) {
            workers.add(WorkerProcess.start(
                    deployment, LOGS.resolve(deployment.tenantDatabase()).resolve("worker" + workers.size())));
        }
        return this;
    }

    Trial awaitReady() {
        workers.forEach(WorkerProcess::awaitReady);
        return this;
    }

    /** Asks for all upgrades of all tenants, signs up others, and sends what nobody can read. */
    Trial load(int newcomers) {
        for (int version = 2; version <= 4; version++) {
            for (String tenant : tenants) {
                requests.upgrade(tenant, version);
            }
        }
        for (int i = 0; i < newcomers; i++) {
            requests.signUp("newcomer" + i);
            requests.poison("newcomer" + i);
        }
        return this;
    }

    /** Attacks, and shows the workers' logs if anything goes wrong. */
    Trial under(Attack attack) {
        return guarded(() -> attack.on(this));
    }

    /** Waits until every request has its terminal record, and checks that all counts are zero. */
    Trial check() {
        return guarded(() -> {
            awaitAnswers();
            // A repeat follows its original closely: it is in Kafka before the workers have settled everything.
            Await.until(Duration.ofSeconds(60), "everything is settled", () -> {
                answers.poll();
                return group.lag() == 0;
            });
            answers.poll();
            assertThat(counts())
                    .as("failures %s, inversions %s", Requests.failures(answers), Requests.inversions(answers))
                    .isEqualTo(Counts.NONE);
        });
    }

    private Trial guarded(Runnable part) {
        try {
            part.run();
            return this;
        } catch (RuntimeException | AssertionError failure) {
            workers.forEach(worker -> failure.addSuppressed(worker.failure("log of a worker")));
            throw failure;
        }
    }

    /** Waits for all terminal records, for as long as some come. */
    void awaitAnswers() {
        int[] before = {-1};
        while (!requests.allAnswered(answers) && answers.count() > before[0]) {
            before[0] = answers.count();
            Await.until(Duration.ofSeconds(60), "any answer; missing are " + requests.unanswered(answers), () -> {
                answers.poll();
                return answers.count() > before[0] || requests.allAnswered(answers);
            });
        }
    }

    /** Waits until this many more terminal records have come than at the call, or all. */
    void awaitProgress(int more) {
        answers.poll();
        int goal = Math.min(requests.expected(), answers.count() + more);
        Await.until(Duration.ofSeconds(90), more + " more answers", () -> {
            answers.poll();
            return answers.count() >= goal || requests.allAnswered(answers);
        });
    }

    Counts counts() {
        return new Counts(
                requests.unanswered(answers).size(),
                answers.repeatedResults() + answers.repeatedDeadLetters(),
                Requests.failures(answers).size(),
                journal.overlaps(),
                Requests.inversions(answers).size(),
                journal.appliedTwice(),
                group.lag());
    }

    Scale scale() {
        return scale;
    }

    Random random() {
        return random;
    }

    List<String> tenants() {
        return tenants;
    }

    List<WorkerProcess> workers() {
        return workers;
    }

    Deployment deployment() {
        return deployment;
    }

    Journal journal() {
        return journal;
    }

    Requests requests() {
        return requests;
    }

    Answers answers() {
        answers.poll();
        return answers;
    }

    Group group() {
        return group;
    }

    @Override
    public void close() throws Exception {
        workers.forEach(WorkerProcess::close);
        answers.close();
        group.close();
        deployment.close();
    }
}
