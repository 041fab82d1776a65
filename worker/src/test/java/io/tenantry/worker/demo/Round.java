package io.tenantry.worker.demo;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.ResultId;
import io.tenantry.contracts.TenantRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends requests, all at once or one after the other at a rate, and waits for the result of each. */
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
     * Sends all at once; returns when every request has its result.
     *
     * @param requests of different ids
     * @throws IllegalStateException no further result comes, or one comes twice
     */
    public RoundReport run(List<? extends Event<? extends TenantRequest>> requests, Progress progress) {
        return run(requests, Duration.ZERO, progress);
    }

    /**
     * Sends one after the other, whether or not results have come; returns when every request has its result.
     *
     * @param requests of different ids
     * @param interval between two requests
     * @throws IllegalStateException no further result comes, or one comes twice
     */
    public RoundReport run(
            List<? extends Event<? extends TenantRequest>> requests, Duration interval, Progress progress) {
        producer.prepare(requests.get(0).type().topic().name(""));
        // What the producers and the consumers of events do in processes of their own is not Tenantry's to pay for.
        Map<String, ProducerRecord<byte[], byte[]>> encoded = new LinkedHashMap<>();
        for (Event<? extends TenantRequest> request : requests) {
            encoded.put(
                    ResultId.of(request.source(), request.id(), request.type().type()), producer.encode(request));
        }
        Map<String, Long> sent = new HashMap<>();
        Map<String, ResultConsumer.Arrival> arrivals = new LinkedHashMap<>();
        long start = System.nanoTime();
        long due = start;
        for (Map.Entry<String, ProducerRecord<byte[], byte[]>> request : encoded.entrySet()) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                take(sent, arrivals, Duration.ofNanos(left), progress);
            }
            sent.put(request.getKey(), System.nanoTime());
            producer.send(request.getValue());
            due += interval.toNanos();
        }
        producer.flush();
        collect(sent, arrivals, progress);
        long end = start;
        List<RoundReport.Answer> answers = new ArrayList<>();
        for (Map.Entry<String, ResultConsumer.Arrival> arrival : arrivals.entrySet()) {
            end = arrival.getValue().arrivedNanos();
            long latency = end - Objects.requireNonNull(sent.get(arrival.getKey()));
            answers.add(new RoundReport.Answer(consumer.decode(arrival.getValue()), Duration.ofNanos(latency)));
        }
        return new RoundReport(answers, Duration.ofNanos(end - start));
    }

    private void collect(Map<String, Long> sent, Map<String, ResultConsumer.Arrival> arrivals, Progress progress) {
        long lastArrival = System.nanoTime();
        while (arrivals.size() < sent.size()) {
            int before = arrivals.size();
            take(sent, arrivals, POLL, progress);
            if (arrivals.size() > before) {
                lastArrival = System.nanoTime();
            }
            String counts = arrivals.size() + " of " + sent.size() + " results came";
            trouble.get().ifPresent(what -> {
                throw new IllegalStateException(counts + ", then: " + what);
            });
            if (System.nanoTime() - lastArrival > SILENCE.toNanos()) {
                throw new IllegalStateException(counts + ", and no further one in " + SILENCE.toSeconds() + " s");
            }
        }
    }

    /** Adds the results that come, by their ids, in the order in which they come. */
    private void take(
            Map<String, Long> sent,
            Map<String, ResultConsumer.Arrival> arrivals,
            Duration patience,
            Progress progress) {
        for (ResultConsumer.Arrival arrival : consumer.poll(patience)) {
            if (!sent.containsKey(arrival.id())) {
                continue;
            }
            if (arrivals.put(arrival.id(), arrival) != null) {
                throw new IllegalStateException("result " + arrival.id() + " came twice");
            }
            progress.step();
        }
    }
}
