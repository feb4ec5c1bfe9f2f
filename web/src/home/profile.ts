// Where a home is and how its panels lie, as its owner types it.
import type { HomeProfile } from "@gridx/forecast/client/home";
import { t } from "../i18n/t.ts";
import type { NumberInput } from "../ui/parse.ts";

/** What the fields hold. Those of the panels may stay empty: then they are not known. */
export interface ProfileText {
  latitude: string;
  longitude: string;
  tilt: string;
  azimuth: string;
  timeZone: string;
}
export type ProfileErrors = Readonly<Record<keyof ProfileText, string | null>>;

/** A ten-thousandth of a degree is eleven metres. */
const PLACE_DECIMALS = 4;
const ANGLE_DECIMALS = 1;

/** An IANA name that this browser knows. */
export function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Names that browsers still give, and what they are called now. */
const RENAMED: Readonly<Partial<Record<string, string>>> = {
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
};

function readersZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return RENAMED[timeZone] ?? timeZone;
}

/** What the fields show at first: what is kept, else the reader's own time zone. */
export function textOf(profile: HomeProfile | null, input: NumberInput): ProfileText {
  const write = (value: number | null | undefined, decimals: number) => {
    if (value === null || value === undefined) return "";
    const text = input.write(BigInt(Math.round(Math.abs(value) * 10 ** decimals)), decimals);
    return value < 0 ? `-${text}` : text;
  };
  return {
    latitude: write(profile?.latitude, PLACE_DECIMALS),
    longitude: write(profile?.longitude, PLACE_DECIMALS),
    tilt: write(profile?.tiltDegrees, ANGLE_DECIMALS),
    azimuth: write(profile?.azimuthDegrees, ANGLE_DECIMALS),
    timeZone: profile?.timeZone ?? readersZone(),
  };
}

/** The profile, or null while something is missing or wrong, with what that is. */
export function readProfile(text: ProfileText, input: NumberInput, capacityWatts: number | null) {
  const degrees = (typed: string, decimals: number, [least, most]: [number, number], field: string) => {
    const sign = /^\s*[-−]/.test(typed) ? -1 : 1;
    const { value, error } = input.read(sign < 0 ? typed.replace(/[-−]/, "") : typed, decimals, field);
    if (value === null) return { value: null, error };
    const number = (sign * Number(value)) / 10 ** decimals;
    const outside = number < least || number > most;
    return outside ? { value: null, error: t("house.profile.range", { least, most }) } : { value: number, error: null };
  };
  const latitude = degrees(text.latitude, PLACE_DECIMALS, [-90, 90], t("house.profile.latitude"));
  const longitude = degrees(text.longitude, PLACE_DECIMALS, [-180, 180], t("house.profile.longitude"));
  const tilt = degrees(text.tilt, ANGLE_DECIMALS, [0, 90], t("house.profile.tilt"));
  const azimuth = degrees(text.azimuth, ANGLE_DECIMALS, [0, 359.9], t("house.profile.azimuth"));
  const zone = text.timeZone.trim();
  const errors: ProfileErrors = {
    latitude: latitude.error,
    longitude: longitude.error,
    tilt: tilt.error,
    azimuth: azimuth.error,
    timeZone: zone === "" || isTimeZone(zone) ? null : t("house.profile.zoneUnknown"),
  };
  const wrong = Object.values(errors).some((error) => error !== null);
  const profile: HomeProfile | null =
    wrong || latitude.value === null || longitude.value === null || zone === ""
      ? null
      : {
          latitude: latitude.value,
          longitude: longitude.value,
          tiltDegrees: tilt.value,
          azimuthDegrees: azimuth.value,
          timeZone: zone,
          capacityWatts,
        };
  return { profile, errors };
}
