package io.tenantry.worker.registry.drift;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A snapshot as bytes, compressed. */
final class PackedEntries {
    private PackedEntries() {}

    static byte[] pack(CatalogSnapshot snapshot) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            out.writeInt(snapshot.entries().size());
            for (var entry : snapshot.entries().entrySet()) {
                write(out, entry.getKey());
                write(out, entry.getValue().partOf());
                write(out, entry.getValue().definition());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws UncheckedIOException if these are no bytes of {@link #pack} */
    static CatalogSnapshot unpack(byte[] packed) {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(packed)))) {
            SortedMap<String, Entry> entries = new TreeMap<>();
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                entries.put(read(in), new Entry(read(in), read(in)));
            }
            return new CatalogSnapshot(entries);
        } catch (IOException broken) {
            throw new UncheckedIOException("the registry has a reference that cannot be read", broken);
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
