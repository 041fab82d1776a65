package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of one name, by the values of their tags. Micrometer's provider builds each meter again in order to find the
 * one that it has, which takes longer than to count; here each is built once, and kept. Safe for use by any thread.
 */
final class MetersByTags<M extends Meter> {
    private final MeterProvider<M> provider;
    private final List<String> names;
    private final Map<List<String>, M> known = new ConcurrentHashMap<>();

    /** @param names of the tags, in the order of the values */
    MetersByTags(MeterProvider<M> provider, String... names) {
        this.provider = provider;
        this.names = List.of(names);
    }

    /** @param values one for each name; each is one of a few */
    M of(String... values) {
        List<String> key = List.of(values);
        M meter = known.get(key);
        return meter == null ? known.computeIfAbsent(key, this::register) : meter;
    }

    private M register(List<String> values) {
        String[] tags = new String[2 * names.size()];
        for (int i = 0; i < names.size(); i++) {
            tags[2 * i] = names.get(i);
            tags[2 * i + 1] = values.get(i);
        }
        return provider.withTags(tags);
    }
}
