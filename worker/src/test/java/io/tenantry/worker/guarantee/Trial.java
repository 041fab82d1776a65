package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.DevStack;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
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
    private final GroupProtocol protocol;
    private final Deployment deployment;
    private final Journal journal;
    private final Group group;
    private final Transactions transactions;
    private final TrialRequests requests;
    private final Answers answers;
    private final List<String> jvmOptions = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private List<String> tenants = List.of();
    private int newcomers;

    private Trial(Round round, Deployment servers) {
        LOG.info("{}; to repeat it: {}", round, round.howToRepeat());
        this.random = new Random(round.seed());
        this.deployment = servers.with("kafka.partitions", "6")
                .with("kafka.group-protocol", round.protocol().name().toLowerCase(Locale.ROOT))
                .with("worker.concurrency", Integer.toString(scale.concurrency()))
                .with("retry.max-delay", "1s");
        this.journal = Journal.in(deployment);
        deployment.withTopics();
        if (!Scale.isFull()) {
            // What a worker that is killed has begun is waited for as long.
            property("transaction.timeout.ms", "4000");
        }
        this.group = new Group(deployment.settings().kafka());
        this.transactions = new Transactions(deployment.settings().kafka());
        this.protocol = round.protocol();
        sessionTimeout(SESSION_TIMEOUT);
        this.requests = new TrialRequests(deployment.events());
        this.answers = new Answers(deployment.stack().kafka().bootstrapServers(), deployment.prefix());
    }

    /** On the servers that all tests share. */
    static Trial of(Round round) {
        return new Trial(round, Deployment.create());
    }

    /** On servers of its own, which may be stopped. */
    static Trial on(DevStack stack, Round round) {
        return new Trial(round, Deployment.on(stack));
    }

    /** After so long a worker that does not move counts as dead. */
    Trial sessionTimeout(Duration timeout) {
        if (protocol == GroupProtocol.CLASSIC) {
            property("session.timeout.ms", Long.toString(timeout.toMillis()));
            property("heartbeat.interval.ms", "500");
        } else {
            group.sessionTimeout(timeout);
        }
        return this;
    }

    /** Sets a Kafka client property of the workers. */
    Trial property(String name, String value) {
        deployment.with("kafka.properties." + name, value);
        return this;
    }

    /** How long a worker that does not move keeps its connections to the server: its sessions are ended then. */
    Trial lease(Duration lease) {
        jvmOptions.add("-Dio.tenantry.lease.seconds=" + lease.toSeconds());
        return this;
    }

    /** Signs up as many tenants, in the first version, and gives the release that follows three upgrades. */
    Trial onboard(int count, Duration step) {
        return onboard(IntStream.range(0, count).mapToObj(i -> "tenant" + i).toList(), step);
    }

    /** Signs up these tenants, in the first version, and gives the release that follows three upgrades. */
    Trial onboard(List<String> names, Duration step) {
        tenants = List.copyOf(names);
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
            String name = "worker" + workers.size();
            workers.add(WorkerProcess.start(
                    deployment, name, LOGS.resolve(deployment.tenantDatabase()).resolve(name), jvmOptions));
        }
        return this;
    }

    Trial awaitReady() {
        workers.forEach(WorkerProcess::awaitReady);
        return this;
    }

    /** Asks for all upgrades of all tenants, signs up others, each twice, and sends what nobody can read. */
    Trial load(int more) {
        return load(tenants, more);
    }

    /** The same with the upgrades of these tenants alone. */
    Trial load(List<String> some, int more) {
        upgrade(some);
        for (int i = 0; i < more; i++) {
            String newcomer = "newcomer" + newcomers++;
            requests.signUp(newcomer);
            // A producer that is not sure sends the same once more.
            requests.signUp(newcomer);
            requests.poison(newcomer);
        }
        return this;
    }

    /** Asks for all upgrades of these tenants. */
    void upgrade(List<String> some) {
        for (int version = 2; version <= 4; version++) {
            for (String tenant : some) {
                requests.upgrade(tenant, version);
            }
        }
    }

    /** Waits until workers hold the partitions, so that one of them may be stopped in the middle of something. */
    Trial awaitMembers(int count) {
        return guarded(() -> Await.until(
                Duration.ofSeconds(60), count + " members are in the group", () -> group.members() == count));
    }

    /** Waits until so many partitions' worth of members are left that a stopped one has been put out. */
    void awaitMembersOtherThanDead(int count) {
        Await.until(Duration.ofSeconds(60), "the group has put out the stopped member", () -> group.members() == count);
    }

    /** Waits until all requests but those of this tenant are answered, or two work on one tenant. */
    void awaitOthersAreDone(String tenant) {
        Await.until(Duration.ofSeconds(90), "all but " + tenant + " are answered", () -> {
            answers.poll();
            if (journal.overlaps() > 0) {
                return true;
            }
            return requests.unanswered(answers).stream().allMatch(request -> request.startsWith(tenant + "-"));
        });
    }

    /** Waits until this request has its result. */
    void awaitResult(String request) {
        Await.until(Duration.ofSeconds(90), "the result of " + request, () -> {
            answers.poll();
            return answers.answered().contains(request);
        });
    }

    /** Tenants whose requests are in the same partition as those of this one. */
    List<String> neighbours(String tenant, int count) {
        int partitions = deployment.settings().kafka().partitions();
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "neighbour" + i)
                .filter(name -> partition(name, partitions) == partition(tenant, partitions))
                .limit(count)
                .toList();
    }

    /** Where the upgrades of this tenant are asked for. */
    TopicPartition partition(String tenant) {
        KafkaSettings kafka = deployment.settings().kafka();
        return new TopicPartition(
                Topic.MIGRATION_REQUESTED.name(kafka.topicPrefix()), partition(tenant, kafka.partitions()));
    }

    private static int partition(String tenant, int partitions) {
        return BuiltInPartitioner.partitionForKey(tenant.getBytes(StandardCharsets.UTF_8), partitions);
    }

    /** Attacks, and shows the workers' logs and the open transactions if anything goes wrong. */
    Trial under(Attack attack) {
        return guarded(() -> attack.on(this));
    }

    /** Waits until every request has its terminal record, and checks that all counts are zero. */
    Trial check() {
        return guarded(() -> {
            awaitAnswers();
            Await.until(Duration.ofSeconds(60), "everything is settled, which shows below otherwise", () -> {
                answers.poll();
                if (group.lag() > 0) {
                    throw new IllegalStateException("lag " + group.lags());
                }
                return true;
            });
            answers.pollAll();
            assertThat(counts())
                    .as(
                            "failures %s, inversions %s",
                            TrialRequests.failures(answers), TrialRequests.inversions(answers))
                    .isEqualTo(Counts.NONE);
        });
    }

    private Trial guarded(Runnable part) {
        try {
            part.run();
            return this;
        } catch (RuntimeException | AssertionError failure) {
            workers.forEach(worker -> failure.addSuppressed(worker.failure("log of a worker")));
            failure.addSuppressed(new IllegalStateException(transactions.report()));
            throw failure;
        }
    }

    /** Waits for all terminal records, for as long as some come. */
    void awaitAnswers() {
        int[] before = {-1};
        while (!requests.allAnswered(answers) && answers.count() > before[0]) {
            before[0] = answers.count();
            Await.until(Duration.ofMinutes(2), "any answer; missing are " + requests.unanswered(answers), () -> {
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

    /** The same, of any requests. */
    void awaitMoreAnswers(int more) {
        answers.poll();
        int goal = answers.count() + more;
        Await.until(Duration.ofSeconds(90), more + " more answers", () -> {
            answers.poll();
            return answers.count() >= goal;
        });
    }

    Counts counts() {
        return new Counts(
                requests.unanswered(answers).size(),
                answers.repeatedResults() + answers.repeatedDeadLetters(),
                TrialRequests.failures(answers).size(),
                journal.overlaps(),
                TrialRequests.inversions(answers).size(),
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

    /** The one that calls itself so. */
    WorkerProcess worker(String name) {
        return workers.stream()
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is none of the workers"));
    }

    Deployment deployment() {
        return deployment;
    }

    Journal journal() {
        return journal;
    }

    TrialRequests requests() {
        return requests;
    }

    Answers answers() {
        answers.poll();
        return answers;
    }

    Group group() {
        return group;
    }

    Transactions transactions() {
        return transactions;
    }

    @Override
    public void close() throws Exception {
        workers.forEach(WorkerProcess::close);
        answers.close();
        transactions.close();
        group.close();
        deployment.close();
    }
}
