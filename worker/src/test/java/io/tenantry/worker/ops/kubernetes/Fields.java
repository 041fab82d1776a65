package io.tenantry.worker.ops.kubernetes;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of documents: as plain maps, and as the typed models of Kubernetes. */
final class Fields {
    /** Where a model keeps the fields that its type does not have. */
    private static final String LEFT_OVER = "additionalProperties";

    private Fields() {}

    /** An object of a document. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> map(@Nullable Object object) {
        if (object instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("not an object with fields: " + object);
    }

    /** A JSON merge patch (RFC 7386), which is what patches of custom resources are. */
    static Map<String, Object> merged(Map<String, Object> original, Map<String, Object> patch) {
        Map<String, Object> merged = new LinkedHashMap<>(original);
        patch.forEach((key, value) -> {
            boolean both = value instanceof Map && merged.get(key) instanceof Map;
            merged.put(key, both ? merged(map(merged.get(key)), map(value)) : value);
        });
        return merged;
    }

    /** The paths of the fields that no type has, anywhere below this model. Reading a model never fails on them. */
    static List<String> unknown(Object model) {
        List<String> paths = new ArrayList<>();
        collect(model, "", paths);
        return paths;
    }

    private static void collect(@Nullable Object value, String path, List<String> unknown) {
        if (value instanceof List<?> elements) {
            for (int index = 0; index < elements.size(); index++) {
                collect(elements.get(index), path + "[" + index + "]", unknown);
            }
        } else if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, entry) -> collect(entry, path + "." + key, unknown));
        } else if (value != null && value.getClass().getPackageName().startsWith("io.fabric8.")) {
            for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
                collectFields(value, type, path, unknown);
            }
        }
    }

    private static void collectFields(Object model, Class<?> type, String path, List<String> unknown) {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            Object value = value(field, model);
            if (!field.getName().equals(LEFT_OVER)) {
                collect(value, path + "." + field.getName(), unknown);
            } else if (value != null) {
                map(value).keySet().forEach(key -> unknown.add(path + "." + key));
            }
        }
    }

    private static @Nullable Object value(Field field, Object model) {
        try {
            field.setAccessible(true);
            return field.get(model);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " cannot be read, so unknown fields would not be found", e);
        }
    }
}
