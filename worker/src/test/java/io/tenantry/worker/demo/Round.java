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
        // What the producers and the consumers of events do in processes of their own is not Tenantry's to pay for.
        Map<String, ProducerRecord<byte[], byte[]>> encoded = new LinkedHashMap<>();
        for (Event<? extends TenantRequest> request : requests) {
            encoded.put(
                    ResultId.of(request.source(), request.id(), request.type().type()), producer.encode(request));
        }
        Map<String, Long> sent = new HashMap<>();
        long start = System.nanoTime();
        encoded.forEach((result, request) -> {
            sent.put(result, System.nanoTime());
            producer.send(request);
        });
        producer.flush();
        Map<String, ResultConsumer.Arrival> arrivals = collect(sent, progress);
        long end = start;
        List<RoundReport.Answer> answers = new ArrayList<>();
        for (Map.Entry<String, ResultConsumer.Arrival> arrival : arrivals.entrySet()) {
            end = arrival.getValue().arrivedNanos();
            long latency = end - Objects.requireNonNull(sent.get(arrival.getKey()));
            answers.add(new RoundReport.Answer(consumer.decode(arrival.getValue()), Duration.ofNanos(latency)));
        }
        return new RoundReport(answers, Duration.ofNanos(end - start));
    }

    /** By the results' ids, in the order in which they come. */
    private Map<String, ResultConsumer.Arrival> collect(Map<String, Long> sent, Progress progress) {
        Map<String, ResultConsumer.Arrival> arrivals = new LinkedHashMap<>();
        long lastArrival = System.nanoTime();
        while (arrivals.size() < sent.size()) {
            for (ResultConsumer.Arrival arrival : consumer.poll(POLL)) {
                if (!sent.containsKey(arrival.id())) {
                    continue;
                }
                lastArrival = arrival.arrivedNanos();
                if (arrivals.put(arrival.id(), arrival) != null) {
                    throw new IllegalStateException("result " + arrival.id() + " came twice");
                }
                progress.step();
            }
            String counts = arrivals.size() + " of " + sent.size() + " results came";
            trouble.get().ifPresent(what -> {
                throw new IllegalStateException(counts + ", then: " + what);
            });
            if (System.nanoTime() - lastArrival > SILENCE.toNanos()) {
                throw new IllegalStateException(counts + ", and no further one in " + SILENCE.toSeconds() + " s");
            }
        }
        return arrivals;
    }
}
