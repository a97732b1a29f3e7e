import { derive, iUnknown } from "../com/interface.ts";

/** Late binding: members by name and number. */
export const iDispatch = derive(iUnknown, "IDispatch", "00020400-0000-0000-C000-000000000046", {
  GetTypeInfoCount: ["out u32"],
  GetTypeInfo: ["u32", "u32", "out pointer"],
  GetIDsOfNames: ["bytes", "pointer", "u32", "u32", "pointer"],
  Invoke: ["i32", "bytes", "u32", "u32", "pointer", "pointer", "pointer", "pointer"],
});

/** An object that has events. */
export const iConnectionPointContainer = derive(
  iUnknown,
  "IConnectionPointContainer",
  "B196B284-BAB4-101A-B69C-00AA00341D07",
  { EnumConnectionPoints: ["out pointer"], FindConnectionPoint: ["bytes", "out pointer"] },
);

/** Where sinks for one kind of event are connected. */
export const iConnectionPoint = derive(iUnknown, "IConnectionPoint", "B196B286-BAB4-101A-B69C-00AA00341D07", {
  GetConnectionInterface: ["pointer"],
  GetConnectionPointContainer: ["out pointer"],
  Advise: ["pointer", "out u32"],
  Unadvise: ["u32"],
  EnumConnections: ["out pointer"],
});

/** A stream of bytes with a position. `Read` and `Write` are those of ISequentialStream, which it derives from. */
export const iStream = derive(iUnknown, "IStream", "0000000C-0000-0000-C000-000000000046", {
  Read: ["bytes", "u32", "out u32"],
  Write: ["bytes", "u32", "out u32"],
  Seek: ["i64", "u32", "out i64"],
  SetSize: ["i64"],
  CopyTo: ["pointer", "i64", "out i64", "out i64"],
  Commit: ["u32"],
  Revert: [],
  LockRegion: ["i64", "i64", "u32"],
  UnlockRegion: ["i64", "i64", "u32"],
  Stat: ["pointer", "u32"],
  Clone: ["out pointer"],
});
