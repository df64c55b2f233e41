/** Drawings of the page. Each stands beside a word or within a named button, so that none of them is read out. */

import type { ComponentChildren } from 'preact'

function Icon({ children, size = 18 }: { readonly children: ComponentChildren; readonly size?: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {children}
    </svg>
  )
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" class="mark-ground" />
      <path d="M5 13c3.7 0 3.7 3 7.3 3s3.7-3 7.4-3 3.6 3 7.3 3" class="mark-wave" />
      <path d="M5 20c3.7 0 3.7 3 7.3 3s3.7-3 7.4-3 3.6 3 7.3 3" class="mark-wave mark-wave-low" />
    </svg>
  )
}

export const FolderIcon = () => (
  <Icon>
    <path d="M2.5 5.5a1 1 0 0 1 1-1h4l1.8 2h7.2a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1z" />
  </Icon>
)

export const FileIcon = () => (
  <Icon>
    <path d="M5 2.5h6.5L15.5 6.5v10a1 1 0 0 1-1 1h-9.5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1z" />
    <path d="M11.5 2.5v4h4" />
  </Icon>
)

export const ChevronIcon = () => (
  <Icon size={14}>
    <path d="M7.5 4.5 13 10l-5.5 5.5" />
  </Icon>
)

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
)

export const UploadIcon = () => (
  <Icon>
    <path d="M10 13V3.5M6 7l4-3.7L14 7M3.5 13v3.5h13V13" />
  </Icon>
)

export const BackIcon = () => (
  <Icon>
    <path d="M12.5 4.5 7 10l5.5 5.5" />
  </Icon>
)

export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
)
