package io.tenantry.worker.demo;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.TenantRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Sends requests, all at once, and waits for the result of each. */
public final class Round {
    private static final Duration POLL = Duration.ofMillis(50);
    /** Without a single further result. A request that is tried again and again makes the longest pause. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    private final RequestProducer producer;
    private final ResultConsumer consumer;
    private final Supplier<Optional<String>> trouble;

    /** @param trouble what makes waiting useless, empty while there is nothing */
    public Round(RequestProducer producer, ResultConsumer consumer, Supplier<Optional<String>> trouble) {
        this.producer = producer;
        this.consumer = consumer;
        this.trouble = trouble;
    }

    /**
     * Returns when every request has its result.
     *
     * @param requests of different ids
     * @throws IllegalStateException no further result comes, or one comes twice
     */
    public RoundReport run(List<? extends Event<? extends TenantRequest>> requests, Progress progress) {
        producer.prepare(requests.get(0).type().topic().name(""));
        Map<String, Long> sent = new HashMap<>();
        long start = System.nanoTime();
        for (Event<? extends TenantRequest> request : requests) {
            sent.put(request.id(), System.nanoTime());
            producer.send(request);
        }
        producer.flush();
        return collect(start, sent, progress);
    }

    private RoundReport collect(long start, Map<String, Long> sent, Progress progress) {
        List<RoundReport.Answer> answers = new ArrayList<>();
        Map<String, Long> open = new HashMap<>(sent);
        long lastArrival = System.nanoTime();
        while (!open.isEmpty()) {
            for (ResultConsumer.Arrival arrival : consumer.poll(POLL)) {
                String id = arrival.result().request().id();
                Long sentNanos = open.remove(id);
                if (sentNanos != null) {
                    lastArrival = arrival.arrivedNanos();
                    answers.add(new RoundReport.Answer(
                            arrival.result(), Duration.ofNanos(arrival.arrivedNanos() - sentNanos)));
                    progress.step();
                } else if (sent.containsKey(id)) {
                    throw new IllegalStateException("request " + id + " was answered twice");
                }
            }
            String counts = answers.size() + " of " + sent.size() + " results came";
            trouble.get().ifPresent(what -> {
                throw new IllegalStateException(counts + ", then: " + what);
            });
            if (System.nanoTime() - lastArrival > SILENCE.toNanos()) {
                throw new IllegalStateException(counts + ", and no further one in " + SILENCE.toSeconds() + " s");
            }
        }
        return new RoundReport(answers, Duration.ofNanos(lastArrival - start));
    }
}
