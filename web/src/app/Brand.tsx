export function Brand() {
  return (
    <span className="inline-flex items-center gap-2.5">
      <svg viewBox="0 0 32 32" className="size-8" aria-hidden="true">
        <path
          d="M16 3.5 27 9.8v12.4L16 28.5 5 22.2V9.8z"
          fill="none"
          stroke="var(--color-cyan)"
          strokeWidth="1.8"
          strokeLinejoin="round"
        />
        <path d="M17.8 8 11 17h4.4l-1.2 7 6.8-9h-4.4z" fill="var(--color-lime)" />
      </svg>
      <span className="text-lg font-bold tracking-tight">
        Grid<span className="text-cyan">X</span>
      </span>
    </span>
  );
}
